package nb

import (
	"os"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"cortigo/internal/project"
)

// Root returns the project's folder: the one that contains the notebook, else
// the one that the kernel was made for (CORTIGO_ROOT). It ends the cell with an
// error if there is neither.
func Root() string {
	dir, err := FindRoot()
	if err != nil {
		exit(err, caller())
	}
	return dir
}

// FindRoot returns what Root does, or the error.
func FindRoot() (string, error) {
	// The notebook's own folder is first: the kernel may have been registered
	// from another clone.
	dir := os.Getenv(protocol.GONB_DIR_ENV)
	if dir == "" {
		dir = "."
	}
	root, err := project.Root(dir)
	if err != nil {
		if kernel := os.Getenv("CORTIGO_ROOT"); kernel != "" && project.IsRoot(kernel) {
			return kernel, nil
		}
	}
	return root, err
}

// Quick says whether the notebook should run its short form, as in tests:
// CORTIGO_QUICK=1 in the environment.
func Quick() bool {
	v := os.Getenv("CORTIGO_QUICK")
	return v != "" && v != "0"
}
