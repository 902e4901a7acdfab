package setup

import (
	"bytes"
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"golang.org/x/mod/modfile"
)

// The kernel is GoNB with a few changes that it needs (docs/gonb.md). They are
// kept as a patch for one version, which names the git hash of every file that
// it changes. The go command takes them from a copy of GoNB's module that a
// copy of go.mod replaces it with: neither the module nor go.mod is touched.
const (
	gonbModule  = "github.com/janpfeifer/gonb"
	gonbVersion = "v0.11.5"
)

//go:embed gonb/v0.11.5.patch
var gonbPatch []byte

// notCopied are the large folders of GoNB's module, which hold no code of the
// kernel.
var notCopied = []string{"docs", "examples"}

// buildKernel builds the kernel's programs into bin.
func buildKernel(ctx context.Context, root, bin string, log io.Writer) error {
	dir := filepath.Join(root, folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, "source-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	modFile, err := patchGoNB(ctx, root, tmp, log)
	if err != nil {
		return err
	}
	return buildPrograms(ctx, root, bin, append([]string{"-modfile=" + modFile}, tools...), log,
		"building the GoNB kernel and goimports (the first time this takes a minute or two)")
}

// patchGoNB writes a copy of GoNB with the changes into the folder dir, and
// beside it the go.mod and go.sum that have the go command take it. It returns
// that go.mod, for the flag -modfile.
func patchGoNB(ctx context.Context, root, dir string, log io.Writer) (modFile string, err error) {
	module, err := gonbDir(ctx, root, log)
	if err != nil {
		return "", err
	}
	changed, err := applyPatch(gonbPatch, os.DirFS(module))
	if err != nil {
		return "", fmt.Errorf("GoNB in %s: %w", module, err)
	}
	source := filepath.Join(dir, "gonb")
	if err := copyModule(source, os.DirFS(module)); err != nil {
		return "", err
	}
	for name, data := range changed {
		if err := writeFile(filepath.Join(source, filepath.FromSlash(name)), data); err != nil {
			return "", err
		}
	}
	modFile = filepath.Join(dir, "go.mod")
	return modFile, replaceModule(root, modFile, source)
}

// copyModule copies a module's files but for notCopied.
func copyModule(to string, module fs.FS) error {
	return fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(notCopied, name):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		return writeFile(filepath.Join(to, filepath.FromSlash(name)), data)
	})
}

// replaceModule writes the project's go.mod to modFile, with GoNB replaced by
// the folder source, and its go.sum beside it.
func replaceModule(root, modFile, source string) error {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return err
	}
	if err := mod.AddReplace(gonbModule, "", source, ""); err != nil {
		return err
	}
	if data, err = mod.Format(); err != nil {
		return err
	}
	if err := writeFile(modFile, data); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	return writeFile(strings.TrimSuffix(modFile, ".mod")+".sum", sum)
}

// writeFile writes a file, and makes its folder.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// gonbDir returns the folder of GoNB's module, which is downloaded if needed.
func gonbDir(ctx context.Context, root string, log io.Writer) (string, error) {
	for {
		out, err := output(goCommand(ctx, root, "list", "-m", "-json", gonbModule))
		if err != nil {
			return "", err
		}
		var module struct{ Version, Dir string }
		if err := json.Unmarshal([]byte(out), &module); err != nil {
			return "", fmt.Errorf("go list -m %s: %w", gonbModule, err)
		}
		if module.Version != gonbVersion {
			return "", fmt.Errorf("go.mod has GoNB %s, but the notebook kernel is GoNB %[2]s with changes that fit no other version: "+
				"go back to it with \"go get %[3]s@%[2]s\", or make the changes anew as docs/gonb.md says", module.Version, gonbVersion, gonbModule)
		}
		if module.Dir != "" {
			return module.Dir, nil
		}
		if log == nil { // asked for once already
			return "", fmt.Errorf("%s %s was downloaded and is not there", gonbModule, gonbVersion)
		}
		// All that the build needs, as the build itself would: one after the
		// other would take longer.
		cmd := goCommand(ctx, root, append([]string{"list", "-deps"}, tools...)...)
		if err := withSignsOfLife(cmd, log, "downloading the GoNB kernel"); err != nil {
			return "", err
		}
		log = nil
	}
}

// applyPatch returns the files that a patch makes of those in a module, by
// their slash-separated path in it. It insists on the files that the patch was
// made for.
func applyPatch(patch []byte, module fs.FS) (map[string][]byte, error) {
	files, _, err := gitdiff.Parse(bytes.NewReader(patch))
	if err != nil {
		return nil, fmt.Errorf("the patch of the kernel: %w", err)
	}
	changed := map[string][]byte{}
	for _, f := range files {
		name := path.Clean(f.NewName)
		var before []byte
		if !f.IsNew {
			if before, err = fs.ReadFile(module, name); err != nil {
				return nil, err
			}
			if blobHash(before) != f.OldOIDPrefix {
				return nil, fmt.Errorf("%s is not the file of %s that the kernel's changes were made for (git hash %s, want %s)",
					name, gonbVersion, blobHash(before), f.OldOIDPrefix)
			}
		}
		var after bytes.Buffer
		if err := gitdiff.Apply(&after, bytes.NewReader(before), f); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if blobHash(after.Bytes()) != f.NewOIDPrefix {
			return nil, fmt.Errorf("%s: the kernel's changes gave another file than they should (git hash %s, want %s)",
				name, blobHash(after.Bytes()), f.NewOIDPrefix)
		}
		changed[name] = after.Bytes()
	}
	if len(changed) == 0 {
		return nil, errors.New("the patch of the kernel is empty")
	}
	return changed, nil
}

// blobHash returns the hash that git has for a file of this content.
func blobHash(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return fmt.Sprintf("%x", h.Sum(nil))
}
