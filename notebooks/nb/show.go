package nb

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// outside is where a line says what would be shown in a notebook.
var outside io.Writer = os.Stderr

func init() {
	gob.Register(map[string]any{}) // the metadata of a picture, on their way to the kernel
}

// InNotebook says whether the program runs as a notebook's cell.
func InNotebook() bool { return gonbui.IsNotebook }

// Show shows a picture that something writes, such as the result of
// gonum/plot's WriterTo: a PNG or an SVG. See PNG for alt and width, which an
// SVG does not take.
func Show(picture io.WriterTo, alt string, width int) {
	if err := showPicture(picture, alt, width); err != nil {
		exit(err, caller())
	}
}

func showPicture(picture io.WriterTo, alt string, width int) error {
	var buf bytes.Buffer
	if _, err := picture.WriteTo(&buf); err != nil {
		return fmt.Errorf("picture %q: %w", alt, err)
	}
	if isPNG(buf.Bytes()) {
		return showPNG(buf.Bytes(), alt, width)
	}
	return showSVG(buf.Bytes(), alt)
}

// A Drawing is a finished figure, such as those of cortigo/analysis/plots.
type Drawing interface {
	PNG() ([]byte, error)
	Size() (width, height int) // in pixels of the page
	Text() (alt string, notes []string)
}

// Figure shows a figure below the cell, with the notes that a reader of its
// numbers needs. It takes the two results of a function that draws:
//
//	nb.Figure(plots.RasterFigure(data))
func Figure[D Drawing](f D, err error) {
	if err := showFigure(f, err); err != nil {
		exit(err, caller())
	}
}

func showFigure[D Drawing](f D, err error) error {
	if err != nil {
		return err
	}
	png, err := f.PNG()
	if err != nil {
		return err
	}
	width, _ := f.Size()
	alt, notes := f.Text()
	if err := showPNG(png, alt, width); err != nil || len(notes) == 0 {
		return err
	}
	return showMarkdown(strings.Join(notes, "\n"))
}

// PNG shows a PNG picture below the cell. alt describes it in words, for
// readers who do not see it. width is in pixels of the page: half of the
// picture's own width makes it sharp on a high-resolution screen, 0 leaves it
// to the browser.
func PNG(png []byte, alt string, width int) {
	if err := showPNG(png, alt, width); err != nil {
		exit(err, caller())
	}
}

func showPNG(png []byte, alt string, width int) error {
	if !isPNG(png) {
		return fmt.Errorf("picture %q: not a PNG (it starts with %q)", alt, png[:min(len(png), 8)])
	}
	if width < 0 {
		return fmt.Errorf("picture %q: width %d pixels, want 0 or more", alt, width)
	}
	image := map[string]any{"alt": alt}
	if width > 0 {
		image["width"] = width
	}
	return send(&protocol.DisplayData{
		Data:     map[protocol.MIMEType]any{protocol.MIMEImagePNG: png, protocol.MIMETextPlain: alt},
		Metadata: map[string]any{string(protocol.MIMEImagePNG): image},
	})
}

// SVG shows an SVG picture below the cell. alt describes it in words.
func SVG(svg []byte, alt string) {
	if err := showSVG(svg, alt); err != nil {
		exit(err, caller())
	}
}

func showSVG(svg []byte, alt string) error {
	if !bytes.Contains(svg[:min(len(svg), 4096)], []byte("<svg")) {
		return fmt.Errorf("picture %q: neither PNG nor SVG (it starts with %q)", alt, svg[:min(len(svg), 20)])
	}
	return send(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{protocol.MIMEImageSVG: string(svg), protocol.MIMETextPlain: alt},
	})
}

// Markdown shows text with Markdown in it, and formulas between dollar signs.
func Markdown(text string) {
	if err := showMarkdown(text); err != nil {
		exit(err, caller())
	}
}

func showMarkdown(text string) error {
	return send(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{protocol.MIMETextMarkdown: text, protocol.MIMETextPlain: text},
	})
}

// Table shows rows of text under a header. Columns whose cells are all numbers
// are aligned to the right. Every row must have as many cells as the header.
func Table(caption string, header []string, rows [][]string) {
	if err := showTable(caption, header, rows); err != nil {
		exit(err, caller())
	}
}

func showTable(caption string, header []string, rows [][]string) error {
	for i, row := range rows {
		if len(row) != len(header) {
			return fmt.Errorf("table %q: row %d has %d cells, the header has %d", caption, i+1, len(row), len(header))
		}
	}
	return send(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{
			protocol.MIMETextHTML:  tableHTML(caption, header, rows),
			protocol.MIMETextPlain: tableText(caption, header, rows),
		},
	})
}

func tableHTML(caption string, header []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>\n")
	if caption != "" {
		fmt.Fprintf(&b, "<caption>%s</caption>\n", html.EscapeString(caption))
	}
	numbers := numberColumns(len(header), rows)
	line := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i, text := range cells {
			align := "left"
			if numbers[i] {
				align = "right"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, html.EscapeString(text), tag)
		}
		b.WriteString("</tr>\n")
	}
	line("th", header)
	for _, row := range rows {
		line("td", row)
	}
	b.WriteString("</table>")
	return b.String()
}

func tableText(caption string, header []string, rows [][]string) string {
	var b strings.Builder
	if caption != "" {
		b.WriteString(caption + "\n")
	}
	// tabwriter aligns all columns the same way: pad numbers by hand.
	numbers := numberColumns(len(header), rows)
	all := append([][]string{header}, rows...)
	widths := make([]int, len(header))
	for _, row := range all {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range all {
		cells := make([]string, len(row))
		for i, text := range row {
			if numbers[i] {
				text = strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)) + text
			}
			cells[i] = text
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	return strings.TrimRight(b.String(), "\n")
}

// numberColumns says of each column whether all its cells are numbers.
func numberColumns(columns int, rows [][]string) []bool {
	numbers := make([]bool, columns)
	for i := range numbers {
		numbers[i] = len(rows) > 0
		for _, row := range rows {
			digits := strings.Trim(row[i], "+-−±.,eE% \u202f")
			if strings.Trim(digits, "0123456789+-−±.,eE% \u202f") != "" || digits == "" && row[i] != "" && row[i] != "-" {
				numbers[i] = false
			}
		}
	}
	return numbers
}

func isPNG(data []byte) bool { return bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) }

// syncTimeout is how long the kernel may take to accept what is shown.
const syncTimeout = 30 * time.Second

// send shows data and waits until the kernel has it, so that it keeps its order
// with what is printed before and after: the kernel passes on what was printed
// before it shows anything, and takes what is printed later after it. Outside a
// notebook it says what would be shown.
func send(data *protocol.DisplayData) error {
	if InNotebook() {
		gonbui.SendData(data)
		return flush(syncTimeout)
	}
	text, _ := data.Data[protocol.MIMETextPlain].(string)
	for _, picture := range []protocol.MIMEType{protocol.MIMEImagePNG, protocol.MIMEImageSVG} {
		if _, ok := data.Data[picture]; ok {
			text = fmt.Sprintf("[%s: %s (shown in a notebook only)]", picture, text)
		}
	}
	_, err := fmt.Fprintln(outside, text)
	return err
}

// flush waits until the kernel has taken all that was shown. gonbui.Sync alone
// would wait forever for a kernel that is gone.
func flush(most time.Duration) error {
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(most):
	}
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("showing something in the notebook: %w", err)
	}
	return nil
}
