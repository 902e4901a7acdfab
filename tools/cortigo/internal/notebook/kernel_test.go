package notebook

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// The tests here talk to the kernel over its sockets as Jupyter does, which
// sends all cells of "Run All" at once.

// startKernel starts a kernel that ends with the test.
func startKernel(t *testing.T) *jupyter.Kernel {
	t.Helper()
	spec, _ := testKernel(t)
	k, err := jupyter.Start(t.Context(), spec, mustRoot(t), "GOPROXY=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Shutdown(5 * time.Second); err != nil {
			t.Error(err)
		}
	})
	return k
}

// answer is what came back for one request.
type answer struct {
	replies []string // message types of the replies
	status  string   // of the last reply
	states  []string // busy, idle
	// output has an item for each run of text on one stream and for each
	// display: "stdout: text", "display: text".
	output []string
	raw    map[string]any // content of the last reply
}

// collect reads messages until every request was answered and the kernel is
// idle after each of them; onOutput, if not nil, is called with every text that
// is shown.
func collect(t *testing.T, k *jupyter.Kernel, onOutput func(string), ids ...string) map[string]*answer {
	t.Helper()
	answers := map[string]*answer{}
	for _, id := range ids {
		answers[id] = &answer{}
	}
	done := func() bool {
		for _, a := range answers {
			if len(a.replies) == 0 || len(a.states) == 0 || a.states[len(a.states)-1] != "idle" {
				return false
			}
		}
		return true
	}
	limit := time.After(time.Minute)
	for !done() {
		select {
		case m := <-k.Messages():
			a := answers[m.Parent.MsgID]
			if a == nil {
				continue
			}
			var c map[string]any
			if err := json.Unmarshal(m.Content, &c); err != nil {
				t.Fatal(err)
			}
			if m.Channel == jupyter.Shell {
				a.replies = append(a.replies, m.Header.MsgType)
				a.status, _ = c["status"].(string)
				a.raw = c
				continue
			}
			switch m.Header.MsgType {
			case "status":
				a.states = append(a.states, c["execution_state"].(string))
			case "stream":
				a.add(c["name"].(string)+": ", c["text"].(string), true)
			case "display_data":
				data := c["data"].(map[string]any)
				text, _ := data["text/markdown"].(string)
				a.add("display: ", text, false)
			}
			if onOutput != nil && len(a.output) > 0 {
				onOutput(a.output[len(a.output)-1])
			}
		case <-limit:
			for _, id := range ids {
				t.Logf("%+v", answers[id])
			}
			t.Fatal("no answer within a minute")
		}
	}
	return answers
}

// add adds text to the output, to the last item of the same kind if it may be
// joined to that.
func (a *answer) add(kind, text string, join bool) {
	if n := len(a.output); join && n > 0 && strings.HasPrefix(a.output[n-1], kind) {
		a.output[n-1] += text
		return
	}
	a.output = append(a.output, kind+text)
}

// request sends the code of a cell without waiting for its end.
func request(t *testing.T, k *jupyter.Kernel, code string, change ...map[string]any) string {
	t.Helper()
	content := map[string]any{"code": code, "silent": false, "store_history": true,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true}
	for _, c := range change {
		for name, value := range c {
			if value == nil {
				delete(content, name)
			} else {
				content[name] = value
			}
		}
	}
	id, err := k.Request(jupyter.Shell, "execute_request", content)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A cell that fails stops what is queued after it, as with ipykernel: the
// queued requests are answered with the status "aborted", and nothing of them
// runs.
func TestQueueStopsAtFailure(t *testing.T) {
	k := startKernel(t)
	keepOn := map[string]any{"stop_on_error": false}
	const (
		ok      = "%%\nfmt.Println(\"r\" + \"an\")"
		compile = "%%\nfmt.Printl(1)"
		syntax  = "%%\nfmt.Println(1" // fails within a millisecond or two
		panics  = "%%\npanic(1)"
		// Ends well after a stop: what is queued must stop all the same.
		taken = "%%\nc := make(chan os.Signal, 1)\nsignal.Notify(c, os.Interrupt)\nfmt.Println(\"start\" + \"ed\")\n<-c"
		waits = "%%\nfmt.Println(\"start\" + \"ed\")\ntime.Sleep(time.Minute)"
	)
	for _, tt := range []struct {
		name      string
		cells     []string
		change    map[string]any // of all requests
		interrupt bool           // once the first has started
		want      []string
	}{
		{"compile error", []string{compile, ok, ok}, nil, false, []string{"error", "aborted", "aborted"}},
		{"syntax error", []string{syntax, ok, ok, ok}, nil, false, []string{"error", "aborted", "aborted", "aborted"}},
		{"panic", []string{ok, panics, ok}, nil, false, []string{"ok", "error", "aborted"}},
		{"nothing is said of errors", []string{compile, ok}, map[string]any{"stop_on_error": nil}, false, []string{"error", "aborted"}},
		{"going on is asked for", []string{compile, ok}, keepOn, false, []string{"error", "ok"}},
		{"stop", []string{waits, ok, ok}, nil, true, []string{"error", "aborted", "aborted"}},
		{"stop, the cell ends well", []string{taken, ok}, nil, true, []string{"ok", "aborted"}},
		{"stop, going on is asked for", []string{waits, ok}, keepOn, true, []string{"error", "ok"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var ids []string
			for _, c := range tt.cells {
				ids = append(ids, request(t, k, c, tt.change))
			}
			var interrupt func(string)
			if tt.interrupt {
				interrupt = func(text string) {
					if strings.Contains(text, "started") {
						_ = k.Interrupt()
						interrupt = nil
					}
				}
			}
			answers := collect(t, k, func(text string) {
				if interrupt != nil {
					interrupt(text)
				}
			}, ids...)
			for i, id := range ids {
				a := answers[id]
				// The next cell may be prepared already when the kernel hears of a
				// stop that a cell has taken well.
				if tt.interrupt && i > 0 && tt.want[i] == "aborted" && a.raw["evalue"] == "interrupted before it was started" {
					continue
				}
				if a.status != tt.want[i] || !slices.Equal(a.replies, []string{"execute_reply"}) || !slices.Equal(a.states, []string{"busy", "idle"}) {
					t.Errorf("cell %d: %+v, want status %s", i+1, *a, tt.want[i])
				}
				if ran := slices.Contains(a.output, "stdout: ran\n"); ran != (tt.cells[i] == ok && tt.want[i] == "ok") {
					t.Errorf("cell %d with status %s: output %q", i+1, a.status, a.output)
				}
				if _, numbered := a.raw["execution_count"]; numbered != (tt.want[i] != "aborted") {
					t.Errorf("cell %d: reply %v", i+1, a.raw)
				}
			}
			// What comes after the answers runs.
			id := request(t, k, ok)
			if a := collect(t, k, nil, id)[id]; a.status != "ok" {
				t.Errorf("the next cell: %+v", *a)
			}
		})
	}
}

// Jupyter passes the cells of "Run All" on one by one, which takes longer for a
// long notebook than a cell takes to fail.
func TestQueueStopsWhileItArrives(t *testing.T) {
	k := startKernel(t)
	ids := []string{request(t, k, "%%\nfmt.Println(1")} // a syntax error
	for range 30 {
		time.Sleep(20 * time.Millisecond)
		ids = append(ids, request(t, k, "%%\nfmt.Println(1)"))
	}
	for i, a := range collect(t, k, nil, ids...) {
		if want := map[bool]string{true: "error", false: "aborted"}[i == ids[0]]; a.status != want {
			t.Errorf("a cell: %+v, want status %s", *a, want)
		}
	}
}

// Other requests that are queued after a failing cell are answered, and a cell
// that is sent as soon as the failure is told runs.
func TestQueueAfterFailure(t *testing.T) {
	k := startKernel(t)
	failing := request(t, k, "%%\nos.Exit(1)")
	info, err := k.Request(jupyter.Shell, "kernel_info_request", map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	queued := request(t, k, "%%\nfmt.Println(1)")
	answers := collect(t, k, nil, failing, info, queued)
	if got := answers[info].replies; !slices.Equal(got, []string{"kernel_info_reply"}) || answers[queued].status != "aborted" {
		t.Errorf("info %q, queued cell %q", got, answers[queued].status)
	}
	var next string
	failing = request(t, k, "%%\nfmt.Println(1")
	for next == "" {
		if m := <-k.Messages(); m.Parent.MsgID == failing && m.Header.MsgType == "execute_reply" {
			next = request(t, k, "%%\nfmt.Println(1)")
		}
	}
	if a := collect(t, k, nil, next)[next]; a.status != "ok" {
		t.Errorf("a cell after a failed one: %+v", *a)
	}
}

// Printed text and displays come in the order in which the cell made them.
func TestOutputOrder(t *testing.T) {
	k := startKernel(t)
	setUp := request(t, k, read(t, mustRoot(t)+"/notebooks/hello.ipynb").Cells[2].Source)
	imports := request(t, k, "import (\n\t\"cortigo/notebooks/nb\"\n\t\"github.com/janpfeifer/gonb/gonbui\"\n)")
	for id, a := range collect(t, k, nil, setUp, imports) {
		if a.status != "ok" {
			t.Fatalf("%s: %+v", id, a)
		}
	}
	const turns = 20
	inTurns := func(stream string, size int) (want []string) {
		for i := range turns {
			want = append(want, fmt.Sprintf("%s: %s%d\n", stream, strings.Repeat("é", size), i), fmt.Sprintf("display: **%d**", i))
		}
		return want
	}
	loop := func(body string) string {
		return fmt.Sprintf("%%%%\nfor i := range %d {\n%s\nnb.Markdown(fmt.Sprintf(\"**%%d**\", i))\n}", turns, body)
	}
	const long = 50_000 // 100 kB of text, more than a pipe holds
	for _, tt := range []struct {
		name, cell string
		want       []string
	}{
		{"stdout", loop("fmt.Println(i)"), inTurns("stdout", 0)},
		{"stderr", loop("fmt.Fprintln(os.Stderr, i)"), inTurns("stderr", 0)},
		{"long text", loop(fmt.Sprintf("fmt.Printf(\"%%s%%d\\n\", strings.Repeat(\"é\", %d), i)", long)), inTurns("stdout", long)},
		{"many lines", "%%\nfor i := range 3000 {\nfmt.Println(i)\n}\nnb.Markdown(\"m\")\nfmt.Println(\"end\")",
			[]string{"stdout: " + lines(3000), "display: m", "stdout: end\n"}},
		{"error at the end", "%%\nfmt.Println(\"a\")\nnb.Markdown(\"m\")\nfmt.Println(\"b\")\nlog.SetFlags(0)\nnb.Markdown(\"n\")\nlog.Fatal(\"c\")",
			[]string{"stdout: a\n", "display: m", "stdout: b\n", "display: n", "stderr: c\n"}},
		// Displays that nobody waits for come after what was printed before
		// them, and none of them is lost.
		{"without waiting", "%%\nfmt.Println(\"a\")\nfor i := range 3 {\ngonbui.DisplayMarkdown(fmt.Sprint(i))\n}",
			[]string{"stdout: a\n", "display: 0", "display: 1", "display: 2"}},
		// A character that is cut where the output is read.
		{"characters", "%%\nfmt.Print(\"\\xe2\\x82\")\ntime.Sleep(50*time.Millisecond)\nfmt.Print(\"\\xac \\xf0\")", []string{"stdout: € \ufffd"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id := request(t, k, tt.cell)
			got := collect(t, k, nil, id)[id].output
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %s\nwant %s", short(got), short(tt.want))
			}
		})
	}
}

// What a reader of a notebook is told when a cell fails: all of it, as it stands
// there.
func TestFailureTexts(t *testing.T) {
	k := startKernel(t)
	const hint = " (statements stand below a line with %%, or in a function)"
	const stopped = "%%\nc := make(chan os.Signal, 1)\nsignal.Notify(c, os.Interrupt)\nfmt.Println(\"start\" + \"ed\")\n<-c\nfmt.Fprintln(os.Stderr, \"stopped at 3 ms\")\nos.Exit(130)"
	for _, tt := range []struct {
		name, cell       string
		stderr           string
		value, traceback string // $n is the cell's number
	}{
		{"forgotten %%", "fmt.Println(1)", "", "expected declaration, found fmt" + hint, "Cell[$n]: Line 1\nfmt.Println(1)\n^\nexpected declaration, found fmt" + hint},
		{"statement in between", "func f() {}\nx := 3", "", "expected declaration, found x" + hint, "Cell[$n]: Line 2\nfunc f() {}\nx := 3\n^\nexpected declaration, found x" + hint},
		{"compile error", "%%\n\nx := 3", "", "declared and not used: x", "Cell[$n]: Line 3\n\nx := 3\n^\ndeclared and not used: x"},
		{"two errors", "%%\nx := 3\ny()", "", "declared and not used: x\nundefined: y",
			"Cell[$n]: Line 2\nx := 3\n^\ny()\ndeclared and not used: x\nCell[$n]: Line 3\nx := 3\ny()\n^\nundefined: y"},
		{"exit", "%%\nos.Exit(3)", "", "exit status 3", "exit status 3"},
		{"panic", "%%\npanic(\"no\")", "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t\x1b[7m[[ Cell [$n] Line 2 ]]\x1b[0m", "exit status 2", "exit status 2"},
		// Text of the program that names a line of its code, or looks as if.
		{"place in a text", "%%\n_, f, l, _ := runtime.Caller(0)\nfmt.Fprintf(os.Stderr, \"12:00 a: b: %s:%d: no\\na:b:8:main.go:99999999999999999999: c\\nmain.go:2:99999999999: c\\nmain.go:0: c\\n\", f, l)\nos.Exit(3)",
			"12:00 a: b: \x1b[7m[[ Cell [$n] Line 2 ]]\x1b[0m: no\na:b:8:main.go:99999999999999999999: c\nmain.go:2:99999999999: c\nmain.go:0: c\n", "exit status 3", "exit status 3"},
		// As a panic writes it, but read between any two of the pieces.
		{"place in pieces", "%%\n_, f, l, _ := runtime.Caller(0)\nn := fmt.Sprint(l)\nfor _, s := range []string{\"at \", f[:9], f[9:], \":\", n[:1], n[1:], \"\\nend\"} {\n\tfmt.Fprint(os.Stderr, s)\n\ttime.Sleep(30*time.Millisecond)\n}\nos.Exit(3)",
			"at \x1b[7m[[ Cell [$n] Line 2 ]]\x1b[0m\nend", "exit status 3", "exit status 3"},
		{"killed", "%%\nsyscall.Kill(syscall.Getpid(), syscall.SIGKILL)", "",
			"the system has ended the program, most often because the memory was full: signal: killed", "the system has ended the program, most often because the memory was full: signal: killed"},
		{"stopped", stopped, "stopped at 3 ms\n", "stopped", "stopped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id := request(t, k, tt.cell)
			a := collect(t, k, func(text string) {
				if tt.cell == stopped && strings.Contains(text, "started") && !strings.Contains(text, "stopped") {
					_ = k.Interrupt()
				}
			}, id)[id]
			number := fmt.Sprint(a.raw["execution_count"])
			want := func(text string) string { return strings.ReplaceAll(text, "$n", number) }
			var stderr string
			for _, o := range a.output {
				if text, ok := strings.CutPrefix(o, "stderr: "); ok {
					stderr += text
				}
			}
			if tt.name == "panic" { // registers follow
				stderr = stderr[:min(len(stderr), len(want(tt.stderr)))]
			}
			if stderr != want(tt.stderr) || a.raw["evalue"] != want(tt.value) {
				t.Errorf("stderr %q, want %q; value %q, want %q", stderr, want(tt.stderr), a.raw["evalue"], want(tt.value))
			}
			var traceback []string
			for _, line := range a.raw["traceback"].([]any) {
				traceback = append(traceback, line.(string))
			}
			if got := strings.Join(traceback, "\n"); got != want(tt.traceback) {
				t.Errorf("traceback %q, want %q", got, want(tt.traceback))
			}
		})
	}
}

// Where gopls is missing, Tab and Shift-Tab say what to do.
func TestMissingCompletion(t *testing.T) {
	if path, err := exec.LookPath("gopls"); err == nil {
		t.Skip("there is a gopls: ", path)
	}
	k := startKernel(t)
	ask := func(msgType string) map[string]any {
		t.Helper()
		id, err := k.Request(jupyter.Shell, msgType, map[string]any{"code": "%%\nfmt.Pri", "cursor_pos": 10, "detail_level": 0})
		if err != nil {
			t.Fatal(err)
		}
		return collect(t, k, nil, id)[id].raw
	}
	matches, _ := ask("complete_request")["matches"].([]any)
	if len(matches) != 2 || !strings.Contains(fmt.Sprint(matches), "cortigo notebook setup") { // a single one would be inserted
		t.Errorf("matches %q", matches)
	}
	if help := ask("inspect_request"); help["found"] != true || !strings.Contains(fmt.Sprint(help["data"]), "cortigo notebook setup") {
		t.Errorf("help %v", help)
	}
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// short returns output with its long items cut.
func short(output []string) string {
	var b strings.Builder
	for _, o := range output {
		fmt.Fprintf(&b, "%d:%.12q ", len(o), o)
	}
	return b.String()
}
