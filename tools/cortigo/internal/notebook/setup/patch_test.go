package setup

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"cortigo/internal/project"
)

// gonbModuleDir returns the folder of the GoNB that go.mod pins.
func gonbModuleDir(t *testing.T) string {
	t.Helper()
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := gonbDir(context.Background(), root, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPatchFits(t *testing.T) {
	changed, err := applyPatch(gonbPatch, os.DirFS(gonbModuleDir(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"internal/dispatcher/dispatcher.go": `map[string]any{"status": "aborted"}`,
		"internal/jpyexec/outputstream.go":  "type outputStream struct",
	} {
		if !strings.Contains(string(changed[name]), want) {
			t.Errorf("%s: no %s", name, want)
		}
	}
}

// A license asks for its notice to be kept.
func TestPatchKeepsTheNotice(t *testing.T) {
	license, err := os.ReadFile(filepath.Join(gonbModuleDir(t), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join("gonb", "LICENSE"))
	if err != nil || string(kept) != string(license) {
		t.Errorf("gonb/LICENSE is not GoNB's (%v)", err)
	}
	copyright := strings.Split(string(license), "\n")[2]
	if !strings.Contains(string(gonbPatch), copyright) {
		t.Errorf("the patch does not say %q", copyright)
	}
}

// A file that the patch was not made for is refused, also where the patch would
// apply to it; so is a patch that does not give what it should.
func TestPatchRefused(t *testing.T) {
	const before, after = "one\ntwo\n", "one\n2\n"
	good := "About it.\n\ndiff --git a/f.go b/f.go\n" +
		"index " + blobHash([]byte(before)) + ".." + blobHash([]byte(after)) + " 100644\n" +
		"--- a/f.go\n+++ b/f.go\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
	for _, tt := range []struct {
		name, patch, file, want string
	}{
		{"fits", good, before, ""},
		{"another file", good, before + "three\n", "f.go is not the file of " + gonbVersion},
		{"windows line ends", good, strings.ReplaceAll(before, "\n", "\r\n"), "f.go is not the file of " + gonbVersion},
		{"another result", strings.Replace(good, "+2", "+3", 1), before, "f.go: the kernel's changes gave another file"},
		{"cut short", good[:len(good)-4], before, "gitdiff: line 7"},
		{"empty", "", before, "the patch of the kernel is empty"},
		{"no file", good, "", "f.go"},
	} {
		module := fstest.MapFS{}
		if tt.file != "" {
			module["f.go"] = &fstest.MapFile{Data: []byte(tt.file)}
		}
		changed, err := applyPatch([]byte(tt.patch), module)
		switch {
		case tt.want == "" && (err != nil || string(changed["f.go"]) != after):
			t.Errorf("%s: %q, %v", tt.name, changed, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A go.mod with another GoNB does not get an unchanged kernel.
func TestAnotherGoNB(t *testing.T) {
	for _, tt := range []struct{ version, want string }{
		{"v0.11.4", `go.mod has GoNB v0.11.4, but the notebook kernel is GoNB v0.11.5 with changes that fit no other version: go back to it with "go get github.com/janpfeifer/gonb@v0.11.5"`},
		{gonbVersion, "dispatcher.go is not the file of v0.11.5 that the kernel's changes were made for"}, // a replaced one
	} {
		root := t.TempDir()
		for name, text := range map[string]string{
			"go.mod":                                 "module x\n\ngo 1.26.0\n\nrequire " + gonbModule + " " + tt.version + "\n\nreplace " + gonbModule + " => ./gonb\n",
			"go.sum":                                 "",
			"gonb/go.mod":                            "module " + gonbModule + "\n\ngo 1.26.0\n",
			"gonb/internal/dispatcher/dispatcher.go": "package dispatcher\n",
		} {
			if err := writeFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		_, err := patchGoNB(context.Background(), root, t.TempDir(), io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.version, err, tt.want)
		}
	}
}
