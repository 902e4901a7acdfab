// Package notebooks_test runs the notebooks of this folder, as
//
//	CORTIGO_QUICK=1 go run ./tools/cortigo notebook run NOTEBOOK
//
// does.
package notebooks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A notebook is what the tests look at of an .ipynb file.
type notebook struct {
	Cells []struct {
		Type    string   `json:"cell_type"`
		Source  []string `json:"source"`
		Outputs []struct {
			Type string                     `json:"output_type"`
			Name string                     `json:"name"`
			Text []string                   `json:"text"`
			Data map[string]json.RawMessage `json:"data"`
		} `json:"outputs"`
	} `json:"cells"`
}

// read returns the notebook in path.
func read(t *testing.T, path string) *notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb notebook
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return &nb
}

// pictures returns how many PNG pictures the outputs have, each checked to be
// one, and reports outputs of failure.
func (nb *notebook) pictures(t *testing.T) int {
	t.Helper()
	n := 0
	for i, c := range nb.Cells {
		for _, o := range c.Outputs {
			if o.Type == "error" || o.Name == "stderr" {
				t.Errorf("cell %d has %s output %q", i+1, o.Type, o.Text)
			}
			raw, ok := o.Data["image/png"]
			if !ok {
				continue
			}
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				t.Fatalf("cell %d: %v", i+1, err)
			}
			data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
			if err != nil {
				t.Fatalf("cell %d: %v", i+1, err)
			}
			if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("cell %d: %v", i+1, err)
			}
			n++
		}
	}
	return n
}

// text returns everything that the outputs say.
func (nb *notebook) text(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			b.WriteString(strings.Join(o.Text, ""))
			var lines []string
			if raw, ok := o.Data["text/plain"]; ok {
				if err := json.Unmarshal(raw, &lines); err != nil {
					t.Fatal(err)
				}
			}
			b.WriteString(strings.Join(lines, "") + "\n")
		}
	}
	return b.String()
}

// build makes the command and returns its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cortigo.exe")
	out, err := exec.Command("go", "build", "-o", path, "../tools/cortigo").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// run executes a notebook of this folder and returns it with its outputs. The
// file itself must stay as it is.
func run(t *testing.T, command, path string, env ...string) *notebook {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), path)
	start := time.Now()
	if log, err := execute(command, path, out, env...); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Logf("%s took %.1f s", path, time.Since(start).Seconds())
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("%s was changed (%v)", path, err)
	}
	return read(t, out)
}

func execute(command, path, out string, env ...string) (log []byte, err error) {
	cmd := exec.Command(command, "notebook", "run", path, "-o", out, "--timeout", "10m")
	cmd.Env = append(os.Environ(), env...)
	return cmd.CombinedOutput()
}

// Every notebook runs through in its short form and shows a picture.
func TestNotebooks(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the kernel")
	}
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks (%v)", err)
	}
	command := build(t)
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			nb := run(t, command, path, "CORTIGO_QUICK=1")
			if nb.pictures(t) == 0 {
				t.Error("no picture")
			}
			switch path {
			case "neurons.ipynb":
				checkNeurons(t, nb)
			case "brunel.ipynb":
				checkBrunel(t, nb)
			case "microcircuit.ipynb":
				checkMicrocircuit(t, nb)
				if text := nb.text(t); !strings.Contains(text, "The network is at 500 ms.") {
					t.Errorf("not the short form: %s", text)
				}
				checkRunAgain(t, command)
			}
		})
	}
}

// checkRunAgain runs cells of the microcircuit's notebook several times in the
// same data directory: what was recorded is gone only when that is asked for.
func checkRunAgain(t *testing.T, command string) {
	t.Helper()
	const (
		setUp, imports, config, create, simulate = "!*R=", "import (", "const Scale", "const anew", "// SimulateUntil"
		parameters                               = "p := microcircuit.Default()"
		other                                    = parameters + "\n\tp.Seed = 56"
	)
	data := t.TempDir()
	dir := [2]string{"os.TempDir()", strconv.Quote(data)} // the short form's, else one for each kernel
	voltages := [2]string{"p.Record.Voltages = false", "p.Record.Voltages, p.Record.VoltageInterval = true, 50"}
	again, log, err := runCells(t, command, []string{setUp, imports, config, create, simulate, create, simulate, config, create},
		map[int][][2]string{2: {dir, voltages}, 7: {dir, {parameters, other}}})
	text := again.text(t)
	if err == nil || !strings.Contains(string(log)+text, "seed is 56, there 55") {
		t.Errorf("other parameters: %v\n%s\n%s", err, log, text)
	}
	inOrder(t, text, "Made for a new run.", "at 0 ms.\n", "The network is at 200 ms.",
		"It holds this network, at 200 ms, and ", "at 200 ms.\n", "The network is at 200 ms.")
	if parts, err := filepath.Glob(filepath.Join(data, "microcircuit-0.2", "voltages", "part-*.parquet")); err != nil || len(parts) == 0 {
		t.Errorf("membrane potentials in %q (%v), want some", parts, err)
	}
	anew, log, err := runCells(t, command, []string{setUp, imports, config, create, simulate},
		map[int][][2]string{2: {dir, {parameters, other}}, 3: {{"anew = false", "anew = true"}}})
	if err != nil {
		t.Errorf("anew with other parameters: %v\n%s", err, log)
	}
	inOrder(t, anew.text(t), "has been removed, to start again", "at 0 ms.\n", "The network is at 200 ms.")
}

// inOrder reports parts that text has not, one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		var found bool
		if _, rest, found = strings.Cut(rest, part); !found {
			t.Errorf("%q is not where it belongs in\n%s", part, text)
			return
		}
	}
}

// runCells runs those code cells of the microcircuit's notebook that begin so,
// with some changes, and returns them with their outputs.
func runCells(t *testing.T, command string, begins []string, changes map[int][][2]string) (_ *notebook, log []byte, err error) {
	t.Helper()
	data, err := os.ReadFile("microcircuit.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var nb map[string]any
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	var cells []any
	for i, begin := range begins {
		for _, c := range nb["cells"].([]any) {
			cell := maps.Clone(c.(map[string]any))
			var source string
			for _, line := range cell["source"].([]any) {
				source += line.(string)
			}
			if cell["cell_type"] != "code" || !strings.HasPrefix(strings.TrimPrefix(source, "%%\n"), begin) {
				continue
			}
			for _, change := range changes[i] {
				if !strings.Contains(source, change[0]) {
					t.Fatalf("%q is not in the cell %q", change[0], begin)
				}
				source = strings.Replace(source, change[0], change[1], 1)
			}
			cell["id"], cell["source"], cell["outputs"] = fmt.Sprintf("cell-%d", i), source, []any{}
			cells = append(cells, cell)
		}
	}
	if len(cells) != len(begins) {
		t.Fatalf("%d cells begin with %q", len(cells), begins)
	}
	nb["cells"] = cells
	if data, err = json.Marshal(nb); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cells.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	log, err = execute(command, path, path, "CORTIGO_QUICK=1")
	return read(t, path), log, err
}

// The microcircuit as it is, which takes longer and writes to the project's
// folder for data.
func TestMicrocircuitFull(t *testing.T) {
	if !strings.Contains(flag.Lookup("test.run").Value.String(), "Full") {
		t.Skip("takes long: ask for it with -run Full")
	}
	checkMicrocircuit(t, run(t, build(t), "microcircuit.ipynb", "CORTIGO_QUICK=0"))
}

// committed returns a notebook as it was handed out, which must be small enough
// to be looked at on the web.
func committed(t *testing.T, path string) *notebook {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 2_000_000 {
		t.Errorf("%d bytes, want at most 2 MB", info.Size())
	}
	return read(t, path)
}

// The notebook as it was handed out has been run and does not tell where it was
// run.
func TestMicrocircuitAsCommitted(t *testing.T) {
	nb := committed(t, "microcircuit.ipynb")
	checkMicrocircuit(t, nb)
	text := nb.text(t)
	if !strings.Contains(text, "Data directory: data/microcircuit-0.2\n") || !strings.Contains(text, "The network is at 1500 ms.") {
		t.Errorf("not the notebook as it is to be: %s", text)
	}
}

// checkMicrocircuit checks what the outputs must have at scale 0.2.
func checkMicrocircuit(t *testing.T, nb *notebook) {
	t.Helper()
	if n := nb.pictures(t); n != 3 {
		t.Errorf("%d pictures, want raster, activity and box plot", n)
	}
	text := nb.text(t)
	for _, want := range []string{
		// round(N*0.2) summed, and round(K*0.2*0.2): the model's formulas.
		"Neurons: 15,435 of 77,169", "Synapses: 11,955,239", "Seed of the random numbers: 55",
		"Warning: Population L23E is sub-threshold with downscaled DC input amplitude and may not fire.",
		"Warning: Population L23I is sub-threshold with downscaled DC input amplitude and may not fire.",
		"Opened the network in 0.", "The network is at 200 ms.", "real-time factor",
		"Firing rates in spikes/s", "NEST: scale 0.2, dc background, 3 seeds",
		"spikes/part-00000.parquet", "network/network.json", "state/",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the outputs lack %q:\n%s", want, text)
		}
	}
}
