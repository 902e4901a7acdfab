package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"cortigo/internal/project"
	"cortigo/tools/cortigo/internal/notebook"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
	"cortigo/tools/cortigo/internal/notebook/setup"
)

// newNotebookCmd returns the command "notebook": run notebooks without
// Jupyter, or open them in it.
func newNotebookCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notebook",
		Short: "Run notebooks without Jupyter, or open them in it",
		Long: `Run notebooks of Go cells without Jupyter, or open them in it.

The kernel is GoNB in the version that go.mod pins. It is built into the project's
folder .cortigo the first time, which takes a minute or two; only Go is needed for it.`,
	}
	cmd.AddCommand(newNotebookRunCmd(), newNotebookLabCmd(), newNotebookSetupCmd(), newNotebookRemoveCmd())
	return cmd
}

func newNotebookRunCmd() *cobra.Command {
	var opts notebook.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "run NB.ipynb",
		Short: "Execute a notebook of Go cells and write it with its outputs",
		Long: `Execute a notebook of Go cells, in the notebook's own folder, and write it with its outputs.

The notebook is also written when a cell fails, takes longer than --timeout or is interrupted
(^C; a second ^C kills the cell); the command then ends with an error that names the cell, its line and
the reason. Cells tagged raises-exception may fail, cells tagged skip-execution are left out.
Outputs of earlier runs are removed, and so are temporary files of cells after the run.
CORTIGO_QUICK=1 in the environment makes notebooks run their short form.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.Timeout < 0 {
				return fmt.Errorf("--timeout %s: want a time above 0, or 0 for no limit", opts.Timeout)
			}
			ctx, force, stop := withForce(cmd.Context())
			defer stop()
			opts.Log, opts.Terminal, opts.Force = cmd.ErrOrStderr(), isTerminal(os.Stderr), force
			report, err := runNotebook(ctx, args[0], opts)
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = errors.Join(err, enc.Encode(report))
			} else if err == nil {
				fmt.Fprintf(opts.Log, "cortigo: %s: %s in %.1f s\n", report.Output, counted(report.Executed, "cell"), report.Seconds)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&opts.Out, "output", "o", "", "write the executed notebook to `FILE` (default: NB itself)")
	cmd.Flags().DurationVar(&opts.Timeout, "timeout", 0, "longest time that a cell may take, such as 90s or 10m (default: no limit)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

// runNotebook sets up the kernel and runs the notebook.
func runNotebook(ctx context.Context, path string, opts notebook.Options) (notebook.Report, error) {
	report := notebook.Report{Notebook: path}
	err := notebook.Check(path) // before minutes of building
	if err == nil && opts.Out != "" {
		err = notebook.CheckOutput(opts.Out)
	}
	if err != nil {
		report.Error = err.Error()
		return report, err
	}
	_, spec, err := setUpKernel(ctx, filepath.Dir(path), opts.Log)
	if err != nil {
		report.Error = err.Error()
		return report, err
	}
	return notebook.Run(ctx, spec, path, opts)
}

// setUpKernel finds the project, from the working directory upwards or else
// from the notebook's folder, and sets up its kernel.
func setUpKernel(ctx context.Context, dir string, log io.Writer) (root string, spec *jupyter.Spec, err error) {
	root, err = project.Root(".")
	if err != nil {
		var other error
		if root, other = project.Root(dir); other != nil {
			return "", nil, err
		}
	}
	spec, err = setup.Kernel(ctx, root, log)
	return root, spec, err
}

// completionHelp says what makes Tab and Shift-Tab work.
const completionHelp = `

Completion (Tab) and help (Shift-Tab) need gopls, Go's language server. It is built, too, in the version that the
project pins: a minute or two the first time, and a gigabyte of memory while a notebook is open.`

func newNotebookSetupCmd() *cobra.Command {
	var noCompletion bool
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Build the kernel and register it with Jupyter and VS Code",
		Long: `Build the kernel and register it with the user's Jupyter and VS Code as "Go (Cortigo)". Where another clone of the
project has that name, this one's kernel gets its folder's name added. "remove" takes it away again.` + completionHelp,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := register(cmd, ".", !noCompletion)
			return err
		},
	}
	cmd.Flags().BoolVar(&noCompletion, "no-completion", false, "leave out gopls: no completion, no help")
	return cmd
}

func newNotebookRemoveCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Remove the kernel from Jupyter and VS Code",
		Long: `Remove the kernel of this clone of the project from the user's Jupyter and VS Code, and those of clones that are
not there any more. What was built stays in the project's folder .cortigo.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := project.Root(".")
			if err != nil {
				return err
			}
			removed, err := setup.Unregister(root)
			for _, k := range removed {
				fmt.Fprintf(cmd.ErrOrStderr(), "cortigo: the kernel %q of the clone in %s is removed (%s)\n", k.DisplayName, k.Root, k.Dir)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "cortigo: no kernel of the clone in %s is registered\n", root)
			}
			return err
		},
	}
}

// register sets up the kernel and registers it.
func register(cmd *cobra.Command, dir string, completion bool) (root string, err error) {
	log := cmd.ErrOrStderr()
	root, spec, err := setUpKernel(cmd.Context(), dir, log)
	if err != nil {
		return "", err
	}
	if completion {
		if err := setup.Completion(cmd.Context(), root, log); err != nil {
			if cmd.Context().Err() != nil {
				return "", errInterrupted
			}
			fmt.Fprintf(log, "cortigo: there will be no completion, as gopls could not be set up: %s\n", message(err))
		}
		if spec, err = setup.WithCompletion(spec, root); err != nil {
			return "", err
		}
	}
	r, holder, err := setup.Register(spec)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(log, "cortigo: the kernel %q is registered for Jupyter and VS Code (%s)\n", r.DisplayName, r.Dir)
	if r.Name != setup.KernelName {
		if holder != "" {
			fmt.Fprintf(log, "cortigo: the kernel that notebooks ask for, %q, is that of the clone in %s. In a Jupyter or VS Code that\n"+
				"  \"cortigo notebook lab\" did not start, choose %q for notebooks of this clone; \"cortigo notebook remove\" in the other\n"+
				"  clone, then \"cortigo notebook setup\" here, gives it the name.\n", setup.KernelName, holder, r.DisplayName)
		} else {
			fmt.Fprintf(log, "cortigo: the kernel that notebooks ask for, %q, is not this project's; choose %q in the Kernel menu\n", setup.KernelName, r.DisplayName)
		}
	}
	return root, nil
}

func newNotebookLabCmd() *cobra.Command {
	var noCompletion bool
	cmd := &cobra.Command{
		Use:   "lab [NB.ipynb] [-- OPTION ...]",
		Short: "Open JupyterLab, or the classic notebook, with the kernel registered",
		Long: `Register the kernel as "setup" does and open JupyterLab, or the classic notebook, with it: there, notebooks of
Go cells run in the kernel of this clone of the project. Options after -- are Jupyter's.` + completionHelp,
		Example: `  cortigo notebook lab
  cortigo notebook lab notebooks/brunel.ipynb
  cortigo notebook lab -- --no-browser --port 9999`,
		Args: func(cmd *cobra.Command, args []string) error {
			if own, _ := jupyterOptions(cmd, args); len(own) > 1 {
				return fmt.Errorf("lab takes at most one notebook, got %q; options of Jupyter stand after --", own)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			own, options := jupyterOptions(cmd, args)
			dir := "."
			if len(own) == 1 {
				if err := notebook.Check(own[0]); err != nil {
					return err
				}
				dir = filepath.Dir(own[0])
			}
			root, err := register(cmd, dir, !noCompletion)
			if err != nil {
				return err
			}
			jupyter, err := setup.FindJupyter()
			if err != nil {
				return err
			}
			what := filepath.Join(root, "notebooks")
			if len(own) == 1 {
				what = own[0]
			}
			program := exec.Command(jupyter[0], slices.Concat(jupyter[1:], options, []string{what})...)
			program.Env = append(os.Environ(), "JUPYTER_PATH="+setup.FirstPath(root))
			fmt.Fprintf(cmd.ErrOrStderr(), "cortigo: starting %s\n", strings.Join(program.Args, " "))
			return foreground(program)
		},
	}
	cmd.Flags().BoolVar(&noCompletion, "no-completion", false, "leave out gopls: no completion, no help")
	return cmd
}

// jupyterOptions divides the arguments into the command's own and those after
// --, which are Jupyter's.
func jupyterOptions(cmd *cobra.Command, args []string) (own, options []string) {
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		return args[:n], args[n:]
	}
	return args, nil
}

// foreground runs a program in place of this one. The program handles ^C: the
// terminal sends it to both.
func foreground(cmd *exec.Cmd) error {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			_ = cmd.Process.Signal(s) // fails only if it has ended
		}
	}
}

// withForce returns a context that also ends when the terminal is closed, and
// a channel that is closed when the user asks a second time to stop.
func withForce(parent context.Context) (ctx context.Context, force <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	forced := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		for n := 1; ; n++ {
			select {
			case <-signals:
				cancel()
				if n == 2 {
					close(forced)
					return
				}
			case <-ended:
				return
			}
		}
	}()
	return ctx, forced, func() {
		signal.Stop(signals)
		close(ended)
		cancel()
	}
}

// isTerminal says whether lines in the file can be redrawn.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
