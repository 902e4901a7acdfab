package jupyter

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ProtocolVersion is the version of the messaging protocol that messages made
// here carry.
const ProtocolVersion = "5.3"

// delimiter parts the routing frames of a message from the signed ones.
var delimiter = []byte("<IDS|MSG>")

// ErrSignature reports a message whose signature does not belong to the
// connection's key.
var ErrSignature = errors.New("message signature does not match the connection's key")

// Header is the header of a message of the Jupyter protocol.
type Header struct {
	MsgID    string `json:"msg_id"`
	Username string `json:"username"`
	Session  string `json:"session"`
	MsgType  string `json:"msg_type"`
	Version  string `json:"version"`
	Date     string `json:"date"`
}

// Message is one message of the Jupyter protocol, without its routing frames.
// Parent is the header of the request that it answers, empty for a request.
type Message struct {
	Header   Header
	Parent   Header
	Metadata json.RawMessage
	Content  json.RawMessage
}

// NewRequest returns a message of the given type with the given content, which
// is marshalled as JSON.
func NewRequest(session, msgType string, content any) (*Message, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("%s: content: %w", msgType, err)
	}
	return &Message{
		Header: Header{
			MsgID:    newID(),
			Username: "cortigo",
			Session:  session,
			MsgType:  msgType,
			Version:  ProtocolVersion,
			Date:     time.Now().UTC().Format(time.RFC3339Nano),
		},
		Metadata: json.RawMessage("{}"),
		Content:  body,
	}, nil
}

// Frames returns the message as it goes over the wire: delimiter, signature,
// header, parent header, metadata, content. An empty key leaves the signature
// empty, as the protocol says.
func (m *Message) Frames(key []byte) ([][]byte, error) {
	header, err := json.Marshal(m.Header)
	if err != nil {
		return nil, err
	}
	parent := []byte("{}")
	if m.Parent != (Header{}) {
		if parent, err = json.Marshal(m.Parent); err != nil {
			return nil, err
		}
	}
	signed := [][]byte{header, parent, orEmptyObject(m.Metadata), orEmptyObject(m.Content)}
	return append([][]byte{delimiter, sign(key, signed)}, signed...), nil
}

// Parse reads a message from its frames, routing frames included, and verifies
// its signature unless the key is empty. Extra frames (binary buffers) are
// left out.
func Parse(frames [][]byte, key []byte) (*Message, error) {
	start := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			start = i
			break
		}
	}
	if start < 0 {
		return nil, fmt.Errorf("message of %d frames without the delimiter %s", len(frames), delimiter)
	}
	body := frames[start+1:]
	if len(body) < 5 {
		return nil, fmt.Errorf("message with %d frames after the delimiter, want at least 5", len(body))
	}
	if len(key) > 0 && !hmac.Equal(sign(key, body[1:5]), body[0]) {
		return nil, ErrSignature
	}
	m := &Message{Metadata: json.RawMessage(body[3]), Content: json.RawMessage(body[4])}
	if err := json.Unmarshal(body[1], &m.Header); err != nil {
		return nil, fmt.Errorf("message header: %w", err)
	}
	if err := json.Unmarshal(body[2], &m.Parent); err != nil {
		return nil, fmt.Errorf("message %s: parent header: %w", m.Header.MsgType, err)
	}
	if !json.Valid(body[4]) {
		return nil, fmt.Errorf("message %s: content is not JSON", m.Header.MsgType)
	}
	return m, nil
}

// sign returns the hexadecimal HMAC-SHA256 of the frames, nothing without key.
func sign(key []byte, frames [][]byte) []byte {
	if len(key) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, key)
	for _, f := range frames {
		mac.Write(f)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

func orEmptyObject(raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return []byte("{}")
	}
	return raw
}

// newID returns a random UUID (version 4).
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
