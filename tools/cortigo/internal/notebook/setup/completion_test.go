package setup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cortigo/internal/project"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// session starts the kernel in the project's notebooks and runs the set-up cell.
func session(t *testing.T, spec *jupyter.Spec, root string) *jupyter.Kernel {
	t.Helper()
	k, err := jupyter.Start(t.Context(), spec, filepath.Join(root, "notebooks"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Shutdown(5 * time.Second); err != nil {
			t.Error(err)
		}
	})
	id, err := k.Execute("!*cp ${GONB_DIR}/../go.mod ${GONB_DIR}/../go.sum . && go mod edit -module=nb -require=cortigo@v0.0.0 -replace=cortigo=${GONB_DIR}/..\n%noautoget")
	if err != nil {
		t.Fatal(err)
	}
	reply(t, k, id)
	return k
}

// reply returns the content of the reply to a request on the shell channel.
func reply(t *testing.T, k *jupyter.Kernel, id string) (content struct {
	Status  string
	Matches []string
}) {
	t.Helper()
	limit := time.After(60 * time.Second)
	for {
		select {
		case m := <-k.Messages():
			if m.Channel == jupyter.Shell && m.Parent.MsgID == id {
				if err := json.Unmarshal(m.Content, &content); err != nil {
					t.Fatal(err)
				}
				return content
			}
		case <-limit:
			t.Fatal("no reply within 60 s")
		}
	}
}

// What Tab and Shift-Tab give in a cell, where gopls is set up ("cortigo
// notebook setup" does it).
func TestCompletion(t *testing.T) {
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	if !allExist(filepath.Join(goplsDir(root), "gopls"+exeSuffix())) {
		t.Skip("gopls is not set up: cortigo notebook setup")
	}
	spec, err := Kernel(t.Context(), root, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if spec, err = WithCompletion(spec, root); err != nil {
		t.Fatal(err)
	}
	k := session(t, spec, root)
	for _, tt := range []struct {
		code string // | is the cursor
		want string
	}{
		{"import \"cortigo/sim\"\n\n%%\nnet, err := sim.Ne|", "New"},
		{"import \"cortigo/sim/microcircuit\"\n\n%%\np := microcircuit.Default()\np.Bac|", "Background"},
	} {
		before, after, _ := strings.Cut(tt.code, "|")
		// GoNB waits 20 s for gopls, whose first answer may take longer on a busy
		// machine: one presses Tab again.
		start := time.Now()
		for {
			id, err := k.Request(jupyter.Shell, "complete_request", map[string]any{"code": before + after, "cursor_pos": len(before)})
			if err != nil {
				t.Fatal(err)
			}
			r := reply(t, k, id)
			took := time.Since(start).Seconds()
			t.Logf("%d matches after %.2f s", len(r.Matches), took)
			if r.Status == "ok" && slices.Contains(r.Matches, tt.want) {
				break
			}
			if took > 90 || len(r.Matches) > 0 {
				t.Errorf("%q: %+v, want %s", tt.code, r, tt.want)
				break
			}
		}
	}
}

// A gopls that is there is not built again; a kernel that only runs notebooks
// does not get it.
func TestCompletionIsUpToDate(t *testing.T) {
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	gopls := filepath.Join(goplsDir(root), "gopls"+exeSuffix())
	if !allExist(gopls) {
		t.Skip("gopls is not set up: cortigo notebook setup")
	}
	if err := Completion(t.Context(), root, os.Stderr); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(gopls)
	if err != nil {
		t.Fatal(err)
	}
	if err := Completion(t.Context(), root, os.Stderr); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(gopls); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("built again, %v", err)
	}
	spec, err := Kernel(t.Context(), root, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(spec.Env["PATH"], goplsDir(root)) {
		t.Error("a kernel that only runs notebooks starts gopls")
	}
}
