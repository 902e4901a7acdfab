// Package jupyter starts a Jupyter kernel and talks to it: the messaging
// protocol (https://jupyter-client.readthedocs.io/en/stable/messaging.html)
// over ZeroMQ, with nothing but Go.
//
//   - message.go     the wire format: frames, signature
//   - connection.go  the connection file: transport, ports, key
//   - spec.go        kernel.json: how a kernel is started and interrupted
//   - kernel.go      the kernel's process group: start, interrupt, end
//   - client.go      the sockets: requests out, one stream of messages in
//
// The heartbeat channel is not used: the kernel is a child process here, so
// its end is seen at once and for certain.
package jupyter
