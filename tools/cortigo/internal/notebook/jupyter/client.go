package jupyter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Channel says on which of a kernel's sockets a message arrived.
type Channel int

// The channels that messages arrive on.
const (
	Shell Channel = iota
	IOPub
	Stdin
	Control
)

// Received is a message and the channel that it came on.
type Received struct {
	Channel Channel
	*Message
}

// Client is connected to the sockets of one kernel.
type Client struct {
	key     []byte
	session string
	shell   zmq4.Socket
	control zmq4.Socket
	sockets []zmq4.Socket

	messages chan Received
	cancel   context.CancelFunc
	done     <-chan struct{}
	readers  sync.WaitGroup
}

// dialRetry is the time between attempts to reach a kernel that does not
// listen yet.
const dialRetry = 20 * time.Millisecond

// Dial connects to a kernel. It tries until ctx ends, since a kernel that was
// just started does not listen yet.
func Dial(ctx context.Context, conn Connection) (*Client, error) {
	life, cancel := context.WithCancel(context.Background())
	c := &Client{
		key:      []byte(conn.Key),
		session:  newID(),
		messages: make(chan Received, 256),
		cancel:   cancel,
		done:     life.Done(),
	}
	// The sockets live longer than ctx; until they are connected, its end ends them.
	stop := context.AfterFunc(ctx, cancel)
	opts := []zmq4.Option{
		// One identity on all sockets, as Jupyter's own client does: a kernel
		// may answer a control request on the shell socket (GoNB does).
		zmq4.WithID(zmq4.SocketIdentity(c.session)),
		zmq4.WithDialerRetry(dialRetry),
		zmq4.WithDialerMaxRetries(-1),
		zmq4.WithLogger(log.New(io.Discard, "", 0)),
	}
	c.shell = zmq4.NewDealer(life, opts...)
	c.control = zmq4.NewDealer(life, opts...)
	stdin := zmq4.NewDealer(life, opts...)
	iopub := zmq4.NewSub(life, opts...)
	c.sockets = []zmq4.Socket{c.shell, c.control, stdin, iopub}

	err := iopub.SetOption(zmq4.OptionSubscribe, "")
	for _, s := range []struct {
		name   string
		socket zmq4.Socket
		port   int
		ch     Channel
	}{
		{"shell", c.shell, conn.ShellPort, Shell},
		{"control", c.control, conn.ControlPort, Control},
		{"stdin", stdin, conn.StdinPort, Stdin},
		{"iopub", iopub, conn.IOPubPort, IOPub},
	} {
		if err == nil {
			if err = s.socket.Dial(conn.endpoint(s.port)); err != nil {
				err = fmt.Errorf("kernel's %s socket: %w", s.name, err)
			}
		}
		if err == nil {
			c.readers.Add(1)
			go c.read(s.ch, s.socket)
		}
	}
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// read passes on what arrives on a socket until the client is closed. A
// message that is not for us to read (bad signature, not JSON) is dropped, as
// the protocol asks.
func (c *Client) read(ch Channel, s zmq4.Socket) {
	defer c.readers.Done()
	for {
		raw, err := s.Recv()
		if err != nil {
			return
		}
		m, err := Parse(raw.Frames, c.key)
		if err != nil {
			continue
		}
		select {
		case c.messages <- Received{ch, m}:
		case <-c.done:
			return
		}
	}
}

// Messages is the stream of all messages from the kernel. It is never closed.
func (c *Client) Messages() <-chan Received { return c.messages }

// Request sends a request on the shell or control channel and returns its
// message id, which the answers have as their parent.
func (c *Client) Request(ch Channel, msgType string, content any) (string, error) {
	m, err := NewRequest(c.session, msgType, content)
	if err != nil {
		return "", err
	}
	frames, err := m.Frames(c.key)
	if err != nil {
		return "", err
	}
	socket := c.shell
	if ch == Control {
		socket = c.control
	}
	if err := socket.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		return "", fmt.Errorf("sending %s to the kernel: %w", msgType, err)
	}
	return m.Header.MsgID, nil
}

// Execute asks the kernel to run the code of a cell and returns the request's
// message id. Input from the user is not allowed.
func (c *Client) Execute(code string) (string, error) {
	return c.Request(Shell, "execute_request", map[string]any{
		"code":             code,
		"silent":           false,
		"store_history":    true,
		"user_expressions": map[string]any{},
		"allow_stdin":      false,
		"stop_on_error":    true,
	})
}

// WaitReady waits until the kernel answers and its output arrives, and returns
// the content of its kernel_info_reply. A subscription takes effect some time
// after it was made, and what is published before is lost: so it asks again
// until an answer came on both channels.
func (c *Client) WaitReady(ctx context.Context) (json.RawMessage, error) {
	var info json.RawMessage
	heard := false
	asked := map[string]bool{}
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for again := true; info == nil || !heard; {
		if again {
			id, err := c.Request(Shell, "kernel_info_request", map[string]any{})
			if err != nil {
				return nil, err
			}
			asked[id] = true
			again = false
		}
		select {
		case m := <-c.messages:
			if !asked[m.Parent.MsgID] {
				continue
			}
			if m.Channel == IOPub {
				heard = true
			} else if m.Header.MsgType == "kernel_info_reply" {
				info = m.Content
			}
		case <-ticker.C:
			again = true
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return info, nil
}

// Close closes the sockets.
func (c *Client) Close() {
	c.cancel()
	for _, s := range c.sockets {
		s.Close()
	}
	c.readers.Wait()
}
