package nest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

// A ParseError is what is wrong with a line of a text file.
type ParseError struct {
	Path string
	Line int // from 1
	Err  error
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("nest: reading %s: line %d: %v", e.Path, e.Line, e.Err)
}

func (e *ParseError) Unwrap() error { return e.Err }

// maxLine bounds a line of a text file.
const maxLine = 1 << 20

// eachLine calls fn with the lines of path that are not empty and do not start
// with '#'.
func eachLine(path string, fn func(line string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("nest: %w", err)
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) && line == "" {
			return nil
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("the last line has no end: the file is cut short")
		}
		if line = strings.TrimSpace(line); err == nil && line != "" && line[0] != '#' {
			err = fn(line)
		}
		if err != nil {
			return &ParseError{path, n, err}
		}
	}
}

// readLine returns the next line with its newline.
func readLine(r *bufio.Reader) (string, error) {
	var b []byte
	for {
		part, err := r.ReadSlice('\n')
		b = append(b, part...)
		if len(b) > maxLine {
			return "", fmt.Errorf("longer than %d bytes: not a recording", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(b), err
		}
	}
}

// A table reads the rows of NEST's ASCII files.
type table struct {
	resolution float64
	sender     int   // columns: the neuron,
	time       int   // the time in ms, or -1
	step       int   // or in steps,
	offset     int   // and the offset of a precise spike from it, ms, or -1
	values     []int // what else there is
	names      []string
}

// withoutHeader are the columns of a file that does not name them.
func withoutHeader(resolution float64) *table {
	return &table{resolution: resolution, time: 1, step: -1, offset: -1}
}

func newTable(header []string, resolution float64) (*table, error) {
	t := &table{resolution: resolution, sender: -1, time: -1, step: -1, offset: -1}
	seen := map[string]bool{}
	for i, name := range header {
		if seen[name] {
			return nil, fmt.Errorf("column %q is there twice", name)
		}
		seen[name] = true
		switch name {
		case "sender":
			t.sender = i
		case "time_ms":
			t.time = i
		case "time_step":
			t.step = i
		case "time_offset":
			t.offset = i
		default:
			t.values = append(t.values, i)
			t.names = append(t.names, name)
		}
	}
	if t.sender < 0 || t.time < 0 && t.step < 0 {
		return nil, fmt.Errorf("columns %q: must have sender, and time_ms or time_step", header)
	}
	return t, nil
}

// isHeader reports whether fields are names of columns.
func isHeader(fields []string) bool {
	_, err := strconv.ParseFloat(fields[0], 64)
	return err != nil
}

// row reads the neuron and the step of a row.
func (t *table) row(fields []string) (id int32, step int64, err error) {
	want := 1 + len(t.values)
	for _, c := range []int{t.time, t.step, t.offset} {
		if c >= 0 {
			want++
		}
	}
	if len(fields) != want {
		return 0, 0, fmt.Errorf("%d columns, must be %d", len(fields), want)
	}
	n, err := strconv.ParseInt(fields[t.sender], 10, 32)
	if err != nil || n < 0 {
		return 0, 0, fmt.Errorf("sender %q: must be an id", fields[t.sender])
	}
	if t.step >= 0 {
		step, err = strconv.ParseInt(fields[t.step], 10, 64)
		if err != nil || step < 0 || step > 1<<52 {
			return 0, 0, fmt.Errorf("time_step %q: must be a number of steps", fields[t.step])
		}
	} else if step, err = stepOf(fields[t.time], t.resolution); err != nil {
		return 0, 0, err
	}
	if t.offset >= 0 {
		if o, err := strconv.ParseFloat(fields[t.offset], 64); err != nil || o != 0 {
			return 0, 0, fmt.Errorf("time_offset %q: spikes off the grid of the resolution are not supported", fields[t.offset])
		}
	}
	return int32(n), step, nil
}

// stepOf converts a time in ms, written with three decimals or more.
func stepOf(s string, resolution float64) (int64, error) {
	t, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("time %q: must be a number of ms", s)
	}
	k := math.Round(t / resolution)
	tolerance := min(0.0005001, resolution/4) // of three decimals
	if !(k >= 0 && k <= 1<<52) || math.Abs(k*resolution-t) > tolerance {
		return 0, fmt.Errorf("time %s ms is no multiple of the resolution, %v ms", s, resolution)
	}
	return int64(k), nil
}

// readRows calls fn for each row of the file.
func readRows(path string, resolution float64, fn func(t *table, fields []string) error) error {
	if !(resolution > 0) || math.IsInf(resolution, 0) {
		return fmt.Errorf("nest: reading %s: resolution %v ms: must be a positive number", path, resolution)
	}
	var t *table
	return eachLine(path, func(line string) (err error) {
		fields := strings.Fields(line)
		if t == nil {
			if isHeader(fields) {
				t, err = newTable(fields, resolution)
				return err
			}
			t = withoutHeader(resolution)
		}
		return fn(t, fields)
	})
}
