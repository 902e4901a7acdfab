// Package ipynb reads, changes and writes Jupyter notebooks (nbformat 4,
// https://nbformat.readthedocs.io/en/latest/format_description.html).
//
//   - notebook.go  the notebook and its cells, reading and checking
//   - outputs.go   the outputs of a cell, collected while it runs
//   - stream.go    text as a terminal would leave it
//   - encode.go    writing exactly as Jupyter does, so that diffs are small
//
// What the package does not know (metadata, attachments, later additions to
// the format) is kept as it was read.
package ipynb
