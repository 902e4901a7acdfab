package ipynb

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// object is a JSON object as it was read.
type object = map[string]any

// Notebook is a notebook of nbformat 4. Reading any 4.x makes it 4.5.
type Notebook struct {
	Cells []*Cell
	root  object
}

// Cell is one cell of a notebook.
type Cell struct {
	// Type is code, markdown or raw.
	Type string
	// ID is unique in the notebook.
	ID string
	// Source is the text of the cell.
	Source string
	// Outputs are what a code cell showed. Nil for other cells.
	Outputs *Outputs
	// ExecutionCount is the number of a code cell's execution, 0 if it did not run.
	ExecutionCount int

	root object
}

// FormatError reports a file that is not a notebook of nbformat 4. Cell is the
// number of the cell that is wrong, counted from 1, or 0 for the notebook.
type FormatError struct {
	Cell    int
	Problem string
}

func (e *FormatError) Error() string {
	if e.Cell > 0 {
		return fmt.Sprintf("not a valid notebook: cell %d: %s", e.Cell, e.Problem)
	}
	return "not a valid notebook: " + e.Problem
}

// Read reads a notebook. A *FormatError says what is wrong with it.
func Read(data []byte) (*Notebook, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // numbers in metadata are written as they were read
	var root object
	if err := dec.Decode(&root); err != nil {
		return nil, &FormatError{Problem: jsonProblem(data, err)}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &FormatError{Problem: "there is more text after the notebook's end"}
	}
	major, ok := integer(root["nbformat"])
	switch {
	case !ok:
		return nil, &FormatError{Problem: "no nbformat number at the top: is this a notebook?"}
	case major != 4:
		return nil, &FormatError{Problem: fmt.Sprintf("nbformat is %d, only 4 is read: open and save it in a current Jupyter", major)}
	}
	minor, ok := integer(root["nbformat_minor"])
	if !ok || minor < 0 {
		return nil, &FormatError{Problem: "no nbformat_minor number at the top"}
	}
	if minor < 5 {
		root["nbformat_minor"] = json.Number("5")
	}
	if root["metadata"] == nil {
		root["metadata"] = object{}
	}
	if _, ok := root["metadata"].(object); !ok {
		return nil, &FormatError{Problem: "metadata is not an object"}
	}
	list, ok := root["cells"].([]any)
	if !ok {
		return nil, &FormatError{Problem: "no list of cells"}
	}
	nb := &Notebook{root: root}
	for i, c := range list {
		cell, err := readCell(c)
		if err != nil {
			return nil, &FormatError{Cell: i + 1, Problem: err.Error()}
		}
		nb.Cells = append(nb.Cells, cell)
	}
	nb.repairIDs()
	return nb, nil
}

// jsonProblem says what stopped the JSON decoder, and on which line.
func jsonProblem(data []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "the file is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the JSON ends too early, on line %d: the file is cut short", 1+bytes.Count(data, []byte("\n")))
	case errors.As(err, &syntax):
		at := min(int(syntax.Offset), len(data))
		return fmt.Sprintf("JSON on line %d: %v", 1+bytes.Count(data[:at], []byte("\n")), err)
	case errors.As(err, &kind):
		return fmt.Sprintf("the JSON is a %s, not an object", kind.Value)
	}
	return err.Error()
}

func readCell(raw any) (*Cell, error) {
	root, ok := raw.(object)
	if !ok {
		return nil, errors.New("is not an object")
	}
	c := &Cell{root: root}
	switch c.Type, _ = root["cell_type"].(string); c.Type {
	case "code", "markdown", "raw":
	case "":
		return nil, errors.New("no cell_type")
	default:
		return nil, fmt.Errorf("cell_type %q, want code, markdown or raw", c.Type)
	}
	if c.Source, ok = joinLines(root["source"]); !ok {
		return nil, errors.New("source is neither text nor a list of lines")
	}
	c.ID, _ = root["id"].(string)
	if root["metadata"] == nil {
		root["metadata"] = object{}
	}
	if _, ok := root["metadata"].(object); !ok {
		return nil, errors.New("metadata is not an object")
	}
	if c.Type != "code" {
		return c, nil
	}
	c.ExecutionCount, _ = integer(root["execution_count"])
	list, ok := root["outputs"].([]any)
	if !ok && root["outputs"] != nil {
		return nil, errors.New("outputs is not a list")
	}
	var err error
	c.Outputs, err = readOutputs(list)
	return c, err
}

// Tags returns the cell's tags.
func (c *Cell) Tags() []string {
	metadata, _ := c.root["metadata"].(object)
	list, _ := metadata["tags"].([]any)
	var tags []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// HasTag says whether the cell has the tag.
func (c *Cell) HasTag(tag string) bool { return slices.Contains(c.Tags(), tag) }

// Metadata returns the notebook's metadata, to read and to change.
func (nb *Notebook) Metadata() map[string]any { return nb.root["metadata"].(object) }

// Language returns the programming language that the metadata name, with the
// name of the kernel; empty if they do not say.
func (nb *Notebook) Language() (language, kernel string) {
	spec, _ := nb.Metadata()["kernelspec"].(object)
	info, _ := nb.Metadata()["language_info"].(object)
	language, _ = spec["language"].(string)
	if language == "" {
		language, _ = info["name"].(string)
	}
	kernel, _ = spec["name"].(string)
	return language, kernel
}

// cellID is what nbformat 4.5 takes for the id of a cell.
var cellID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// repairIDs gives an id to every cell that has none, a wrong one, or that of
// an earlier cell. It is made from the cell's place and text, not drawn: the
// same notebook always gets the same ids.
func (nb *Notebook) repairIDs() {
	used := map[string]bool{}
	var without []int
	for i, c := range nb.Cells {
		if !cellID.MatchString(c.ID) || used[c.ID] {
			without = append(without, i)
			continue
		}
		used[c.ID] = true
	}
	for _, i := range without {
		c := nb.Cells[i]
		for try := 0; ; try++ {
			sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", i, try, c.Source))
			c.ID = fmt.Sprintf("%x", sum[:4])
			if !used[c.ID] {
				break
			}
		}
		used[c.ID] = true
	}
}

// joinLines returns multi-line text, which files hold as text or as a list of
// lines.
func joinLines(raw any) (string, bool) {
	switch v := raw.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, ok := line.(string)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}

// integer returns a JSON number that is a whole number.
func integer(raw any) (int, bool) {
	n, ok := raw.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil
}
