package nest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"cortigo/arrowio/internal/files"
)

// A Info is what an overview of one of NEST's ASCII files tells.
type Info struct {
	Path    string
	Bytes   int64
	Version string   // of NEST, "" if the file does not say
	Columns []string // none: the file does not name them
	Rows    int64
}

// Inspect looks at one of NEST's ASCII files: its header, and how many rows it
// has, which are counted and not read. A file that does not start as NEST's
// files do is an error, which wraps a [*ParseError] or says so.
func Inspect(path string) (Info, error) {
	i := Info{Path: path}
	f, err := files.OpenRegular(path)
	if err != nil {
		return i, fmt.Errorf("nest: reading %s: %w", path, err)
	}
	defer func() { _ = f.Close() }()
	fi, err := f.Stat()
	if err != nil {
		return i, fmt.Errorf("nest: %w", err)
	}
	i.Bytes = fi.Size()
	r := bufio.NewReaderSize(f, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			if strings.TrimSpace(line) != "" {
				return i, &ParseError{path, n, errors.New("the last line has no end: the file is cut short")}
			}
			return i, nil
		}
		if err != nil {
			return i, &ParseError{path, n, err}
		}
		text := strings.TrimSpace(line)
		if v, ok := strings.CutPrefix(text, "# NEST version:"); ok {
			i.Version = strings.TrimSpace(v)
		}
		if text == "" || text[0] == '#' {
			continue
		}
		fields := strings.Fields(text)
		table := withoutHeader(1)
		if isHeader(fields) {
			if _, err := newTable(fields, 1); err != nil {
				return i, &ParseError{path, n, err}
			}
			i.Columns = fields
		} else {
			// Of a file without a header, the first row must be one.
			table.resolution = 0.001
			if _, _, err := table.row(fields); err != nil {
				return i, &ParseError{path, n, err}
			}
			i.Rows++
		}
		break
	}
	buf := make([]byte, 1<<16)
	last := byte('\n')
	for {
		n, err := r.Read(buf)
		if n > 0 {
			i.Rows += int64(bytes.Count(buf[:n], []byte{'\n'}))
			last = buf[n-1]
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return i, fmt.Errorf("nest: reading %s: %w", path, err)
		}
	}
	if last != '\n' {
		return i, fmt.Errorf("nest: reading %s: the last line has no end: the file is cut short", path)
	}
	return i, nil
}
