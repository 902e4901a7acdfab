package arrowio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cortigo/arrowio/internal/parquet"
)

// onlyOurs checks, before a run is removed, whether all files that have our
// names belong to the run: a user may have put others there. Temporary files
// are ours by their name, whatever they contain: a file that was being written
// when a program was killed may contain anything.
func onlyOurs(dir string) error {
	run, err := readRun(dir)
	if err != nil {
		if err := begins(filepath.Join(dir, RunFile), "{"); err != nil {
			return err
		}
		run = nil // none, or damaged: its parts say it
	}
	for _, sub := range []string{SpikesDir, VoltagesDir} {
		parts, err := listParts(filepath.Join(dir, sub))
		if err != nil {
			return err
		}
		for _, p := range parts {
			if err := partOf(p.path, &run); err != nil {
				return err
			}
		}
	}
	for _, sub := range []string{NetworkDir, StateDir} {
		es, err := os.ReadDir(filepath.Join(dir, sub))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("arrowio: looking for a run in %s: %w", dir, err)
		}
		for _, e := range es {
			if e.Name()[0] == '.' || !owned(sub, e.Name()) {
				continue
			}
			magic := "CORTIGO" // and a digit: how the containers of package sim begin
			if filepath.Ext(e.Name()) == ".json" {
				magic = "{"
			}
			if err := begins(filepath.Join(dir, sub, e.Name()), magic); err != nil {
				return err
			}
		}
	}
	return nil
}

// begins reports a file that does not start as ours do. A missing or empty file
// is not reported: nothing can be lost.
func begins(path, magic string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !fi.Mode().IsRegular() {
		return foreignFile(path, "it is no plain file")
	}
	if err != nil {
		return fmt.Errorf("arrowio: looking for a run: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("arrowio: looking for a run: %w", err)
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, len(magic))
	n, err := io.ReadFull(f, b)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("arrowio: looking for a run: %w", err)
	case !bytes.Equal(b[:n], []byte(magic)[:n]):
		return foreignFile(path, "its content is none that is written under this name")
	}
	return nil
}

func foreignFile(path, why string) error {
	return fmt.Errorf("arrowio: %s is not of the run, %s: move it away first", path, why)
}

// partOf reports a part that does not belong to *run; if *run is nil, it is set
// to the part's run. A damaged part cannot tell its run; it counts as this
// one's.
func partOf(path string, run **Run) error {
	if err := begins(path, string(parquet.Magic)); err != nil {
		return err
	}
	p, err := parquet.Open(path, false, nil)
	if err != nil {
		if errors.Is(err, parquet.ErrNotRecording) {
			return foreignFile(path, "it holds no recording")
		}
		return nil
	}
	defer func() { _ = p.Close() }()
	of, err := origin(p)
	if err != nil {
		return nil
	}
	if of == nil {
		return foreignFile(path, "it has no metadata of Cortigo's")
	}
	if *run == nil {
		*run = of
	}
	if diff := of.differs(*run); diff != "" {
		return foreignFile(path, diff)
	}
	return nil
}
