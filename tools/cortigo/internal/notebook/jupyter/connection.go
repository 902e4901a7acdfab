package jupyter

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// Connection is the content of a kernel's connection file.
type Connection struct {
	SignatureScheme string `json:"signature_scheme"`
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // for ipc: the path of the sockets without "-port"
	Key             string `json:"key"`
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	KernelName      string `json:"kernel_name"`
}

// maxSocketPath is the longest path of a Unix socket that every system takes
// (macOS: 104 bytes with the closing zero).
const maxSocketPath = 100

// NewConnection returns a connection for a new kernel with a random key. With
// ipc the sockets are files in dir: nobody else can take them, while a free
// TCP port may be gone when the kernel comes to listen on it. Where the path
// would be too long for a socket it is TCP on the loopback interface all the
// same.
func NewConnection(dir string, ipc bool) (Connection, error) {
	c := Connection{SignatureScheme: "hmac-sha256", Key: newID(), KernelName: "cortigo"}
	if base := filepath.Join(dir, "s"); ipc && len(base)+2 <= maxSocketPath {
		c.Transport, c.IP = "ipc", base
		c.ShellPort, c.IOPubPort, c.StdinPort, c.ControlPort, c.HBPort = 1, 2, 3, 4, 5
		return c, nil
	}
	c.Transport, c.IP = "tcp", "127.0.0.1"
	ports, err := freePorts(5)
	if err != nil {
		return c, err
	}
	c.ShellPort, c.IOPubPort, c.StdinPort, c.ControlPort, c.HBPort = ports[0], ports[1], ports[2], ports[3], ports[4]
	return c, nil
}

// WriteFile writes the connection file into dir and returns its path. The name
// has the form that Jupyter uses and GoNB reads its kernel id from.
func (c Connection) WriteFile(dir string) (string, error) {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "kernel-"+newID()+".json")
	return path, os.WriteFile(path, data, 0o600)
}

// endpoint returns the ZeroMQ address of one port.
func (c Connection) endpoint(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	return c.Transport + "://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}

// freePorts returns n TCP ports that were free a moment ago.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("no free TCP port on the loopback interface: %w", err)
		}
		defer l.Close() // all stay open until n different ones are found
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
