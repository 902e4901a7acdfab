package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// goplsModule is the folder, below the project's root, with the go.mod that pins
// gopls.
const goplsModule = "tools/cortigo/internal/notebook/setup/gopls"

// goplsDir is where gopls goes: a folder of its own, since a kernel that finds
// it starts it, which takes a gigabyte that nobody needs where a notebook is only
// run.
func goplsDir(root string) string { return filepath.Join(root, folder, "gopls") }

// Completion builds gopls, which completes (Tab) and explains (Shift-Tab) what
// one types in a notebook, and has it look at the packages that cells import, so
// that the first completion need not. It does nothing when that is done already.
func Completion(ctx context.Context, root string, log io.Writer) error {
	dir := goplsDir(root)
	gopls := filepath.Join(dir, "gopls"+exeSuffix())
	program, err := key(ctx, root, goplsModule+"/go.mod", goplsModule+"/go.sum")
	if err != nil {
		return err
	}
	packages, err := key(ctx, root, "go.mod", "go.sum")
	if err != nil {
		return err
	}
	stampFile := filepath.Join(root, folder, "gopls-stamp.json")
	old := readStamp(stampFile)
	if old.Key != program || !allExist(gopls) {
		old.Warm = ""
		if err := buildGopls(ctx, root, dir, log); err != nil {
			return err
		}
	}
	if old.Warm != packages {
		if err := warmUp(ctx, root, gopls, log); err != nil {
			return err
		}
	}
	return writeStamp(stampFile, stamp{Key: program, Warm: packages})
}

func buildGopls(ctx context.Context, root, dir string, log io.Writer) error {
	return buildPrograms(ctx, filepath.Join(root, filepath.FromSlash(goplsModule)), dir, []string{"golang.org/x/tools/gopls"}, log,
		"building gopls, for completion (the first time this takes a minute or two)")
}

// warmUp has gopls read the packages that cells import, in a program as the
// kernel makes it of cells. What it finds out stays in its cache.
func warmUp(ctx context.Context, root, gopls string, log io.Writer) error {
	dir, err := os.MkdirTemp("", "cortigo-gopls-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			return err
		}
	}
	if _, err := output(goCommand(ctx, dir, "mod", "edit", "-module=nb", "-require=cortigo@v0.0.0", "-replace=cortigo="+root)); err != nil {
		return err
	}
	list, err := output(goCommand(ctx, root, append([]string{"list", "-f", "{{if and .GoFiles (ne .Name \"main\")}}{{.ImportPath}}{{end}}"}, cellPackages...)...))
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, path := range strings.Fields(list) {
		if !slices.Contains(strings.Split(path, "/"), "internal") {
			fmt.Fprintf(&b, "\t_ %q\n", path)
		}
	}
	b.WriteString(")\n\nfunc main() {}\n")
	main := filepath.Join(dir, "main.go")
	if err := os.WriteFile(main, []byte(b.String()), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(log, "cortigo: gopls reads the packages that cells import ...")
	cmd := goCommand(ctx, dir, "version")
	cmd.Path, cmd.Args, cmd.Err = gopls, []string{gopls, "check", main}, nil
	if out, err := output(cmd); err != nil {
		return err
	} else if out = strings.TrimSpace(out); out != "" {
		return fmt.Errorf("gopls check: %s", firstLines(out, 3))
	}
	return nil
}

// WithCompletion returns the kernel's spec with gopls, if it is built, on the
// kernel's PATH.
func WithCompletion(spec *jupyter.Spec, root string) (*jupyter.Spec, error) {
	dir := goplsDir(root)
	if !allExist(filepath.Join(dir, "gopls"+exeSuffix())) {
		return spec, nil
	}
	with := *spec
	with.Env = map[string]string{}
	for name, value := range spec.Env {
		with.Env[name] = value
	}
	path, ok := with.Env["PATH"]
	if !ok {
		return nil, errors.New("the kernel's spec has no PATH")
	}
	with.Env["PATH"] = dir + string(os.PathListSeparator) + path
	return &with, nil
}
