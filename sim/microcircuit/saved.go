package microcircuit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"cortigo/sim"
)

// savedJSON is what Save writes in addition to the network: the parameters and
// the SHA-256 of their compact JSON, so that damage is found.
type savedJSON struct {
	Format     int             `json:"format"`
	SHA256     string          `json:"sha256"`
	Parameters json.RawMessage `json:"parameters"`
}

const savedFormat = 1

// encodeSaved writes the file that readSaved reads.
func (p Parameters) encodeSaved(w io.Writer) error {
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		return err
	}
	sum, err := compactSum(b.Bytes())
	if err != nil {
		return err
	}
	out, err := json.MarshalIndent(savedJSON{savedFormat, sum, b.Bytes()}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(out, '\n'))
	return err
}

func compactSum(text []byte) (string, error) {
	var c bytes.Buffer
	if err := json.Compact(&c, text); err != nil {
		return "", err
	}
	h := sha256.Sum256(c.Bytes())
	return hex.EncodeToString(h[:]), nil
}

// readSaved reads the parameters that Save wrote in dir.
func readSaved(dir string) (Parameters, error) {
	path := parametersPath(dir)
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Parameters{}, fmt.Errorf("microcircuit: no microcircuit was saved in %s: %w", dir, err)
		}
		return Parameters{}, fmt.Errorf("microcircuit: opening: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return Parameters{}, fmt.Errorf("microcircuit: opening: %w", err)
	}
	p, err := decodeSaved(b)
	if err != nil {
		return p, fmt.Errorf("microcircuit: opening %s: %w", path, err)
	}
	return p, nil
}

// decodeSaved reads what encodeSaved wrote, or bare parameters, as earlier
// versions wrote them.
func decodeSaved(b []byte) (Parameters, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil || members["sha256"] == nil && members["parameters"] == nil {
		return Decode(bytes.NewReader(b)) // which says what is wrong
	}
	var s savedJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Parameters{}, fmt.Errorf("damaged: %w", err)
	}
	if s.Format != savedFormat {
		return Parameters{}, fmt.Errorf("format %d, this version reads %d", s.Format, savedFormat)
	}
	if sum, err := compactSum(s.Parameters); err != nil || sum != s.SHA256 {
		return Parameters{}, errors.New("damaged: the parameters are not those that were saved (their checksum is wrong)")
	}
	return Decode(bytes.NewReader(s.Parameters))
}

// SaveParameters writes the parameters p again for the network that Save wrote
// in dir, after they went missing or were damaged. Open says if they do not fit
// it.
func SaveParameters(dir string, p Parameters) error {
	if dir == "" {
		return errNoDir
	}
	if err := sim.SaveFile(dir, p.file()); err != nil {
		return fmt.Errorf("microcircuit: saving: %w", err)
	}
	return nil
}

// Verify reports what is wrong with the parameters that Save wrote in dir: that
// they are missing or damaged, or not those of the network there. sim.Verify
// checks the network and its state.
func Verify(dir string) error {
	p, err := readSaved(dir)
	if err != nil {
		return err
	}
	d, err := p.Derive()
	if err != nil {
		return fmt.Errorf("microcircuit: %s: %w", parametersPath(dir), err)
	}
	info, err := sim.Inspect(dir)
	if err != nil {
		return nil // sim.Verify says it
	}
	wrong := func(what string, network, parameters any) error {
		return fmt.Errorf("microcircuit: %s: %s is %v, the network's %v", parametersPath(dir), what, parameters, network)
	}
	if info.Seed != p.Seed {
		return wrong("the seed", info.Seed, p.Seed)
	}
	if info.Resolution != p.Resolution {
		return wrong("the resolution in ms", info.Resolution, p.Resolution)
	}
	n := map[string]int{}
	for _, pop := range info.Populations {
		n[pop.Name] = pop.N
	}
	for i, name := range names {
		if n[name] != d.Neurons[i] {
			return wrong("the number of neurons of "+name, n[name], d.Neurons[i])
		}
	}
	return nil
}
