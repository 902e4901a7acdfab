package setup

import (
	"errors"
	"os/exec"
)

// howToGet says how to get a Jupyter.
const howToGet = `no JupyterLab or Jupyter Notebook is installed. Any of these gives you one:
  pip install jupyterlab
  conda install -c conda-forge jupyterlab
  apt install jupyter-notebook     (Debian, Ubuntu)
or open the notebook in VS Code with its Jupyter extension and choose the kernel "Go (Cortigo)".
The kernel is registered: all of them find it. Without any of them, run notebooks with
"cortigo notebook run"`

// ErrNoJupyter reports that no Jupyter is installed.
var ErrNoJupyter = errors.New(howToGet)

// FindJupyter returns the command line that starts JupyterLab, or else the
// classic notebook. It returns ErrNoJupyter if neither is installed.
func FindJupyter() ([]string, error) {
	for _, program := range []string{"lab", "notebook"} {
		if path, err := exec.LookPath("jupyter-" + program); err == nil {
			return []string{path}, nil
		}
		// "jupyter" may find what is not on the PATH itself.
		if path, err := exec.LookPath("jupyter"); err == nil && exec.Command(path, program, "--version").Run() == nil {
			return []string{path, program}, nil
		}
	}
	return nil, ErrNoJupyter
}
