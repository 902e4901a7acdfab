package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"os"
)

// Reseal gives the files in dir fingerprints, checksums and a digest that fit
// what they hold, as somebody would who wants damage to pass. change may change
// the containers: the header, and an array by its name.
func Reseal(dir string, change func(kind string, header map[string]json.RawMessage, arrays map[string][]byte)) error {
	b, err := os.ReadFile(networkPath(dir))
	if err != nil {
		return err
	}
	j := &networkJSON{}
	if err := json.Unmarshal(b, j); err != nil {
		return err
	}
	if j.Description == nil {
		return errors.New("no description")
	}
	if j.Fingerprint, err = j.Description.fingerprint(); err != nil {
		return err
	}
	for s := range j.Rows {
		if j.Rows[s], err = resealContainer(rowsPath(dir, s), j.Fingerprint, change); err != nil {
			return err
		}
	}
	if _, err := resealContainer(statePath(dir), j.Fingerprint, change); err != nil {
		return err
	}
	if j.Digest, err = j.digest(); err != nil {
		return err
	}
	if b, err = json.Marshal(j); err != nil {
		return err
	}
	return os.WriteFile(networkPath(dir), b, 0o644)
}

func resealContainer(path, fingerprint string, change func(kind string, header map[string]json.RawMessage, arrays map[string][]byte)) (seal, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return seal{}, err
	}
	c, err := readTable(bytes.NewReader(b), int64(len(b)), "")
	if err != nil {
		return seal{}, err
	}
	header := map[string]json.RawMessage{}
	if err := json.Unmarshal(c.table.Header, &header); err != nil {
		return seal{}, err
	}
	arrays := map[string][]byte{}
	for _, a := range c.table.Arrays {
		arrays[a.Name] = b[c.begin+a.Offset:][:a.Len*elementSizes[a.Type]]
	}
	if change != nil {
		change(c.table.Kind, header, arrays)
	}
	header["fingerprint"], _ = json.Marshal(fingerprint)
	if c.table.Header, err = json.Marshal(header); err != nil {
		return seal{}, err
	}
	var body []byte
	for i := range c.table.Arrays {
		a := &c.table.Arrays[i]
		x := arrays[a.Name]
		a.Offset, a.Len, a.CRC = int64(len(body)), int64(len(x))/elementSizes[a.Type], crc32.Checksum(x, castagnoli)
		body = append(body, x...)
		body = append(body, make([]byte, padding(int64(len(body))))...)
	}
	head, crc, err := encodeTable(&c.table)
	if err != nil {
		return seal{}, err
	}
	return seal{int64(len(head) + len(body)), crc}, os.WriteFile(path, append(head, body...), 0o644)
}
