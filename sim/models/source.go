package models

import (
	"embed"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path"
	"reflect"
	"strings"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A goName is that of a type or function and its package.
type goName struct{ Package, Name string }

// String returns "neuron.IafPscExp".
func (n goName) String() string { return n.Package + "." + n.Name }

func typeName(model any) goName {
	t := reflect.TypeOf(model)
	return goName{path.Base(t.PkgPath()), t.Name()}
}

// A source is the documentation in the packages' source.
type source struct {
	structs   map[goName]structDoc
	functions map[goName]string
}

type structDoc struct {
	doc      string
	fields   map[string]fieldDoc
	embedded []goName
}

// A fieldDoc is the comment of a field, on one line.
type fieldDoc struct {
	text  string
	above bool // sentences above the field that begin with its name, not a remark behind it
}

// readSource parses the packages' files, which takes a few ms. They were
// compiled into this program, so that an error is a broken build: it panics.
func readSource() source {
	s := source{map[goName]structDoc{}, map[goName]string{}}
	for _, fs := range []embed.FS{neuron.Source, device.Source, connect.Source} {
		files, err := fs.ReadDir(".")
		if err != nil {
			panic(fmt.Sprintf("models: %v", err))
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			text, err := fs.ReadFile(f.Name())
			if err != nil {
				panic(fmt.Sprintf("models: %v", err))
			}
			tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				panic(fmt.Sprintf("models: %v", err))
			}
			s.read(tree)
		}
	}
	return s
}

func (s source) read(file *ast.File) {
	pkg := file.Name.Name
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				s.functions[goName{pkg, d.Name.Name}] = d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if st, ok := t.Type.(*ast.StructType); ok {
					doc := t.Doc.Text()
					if doc == "" {
						doc = d.Doc.Text()
					}
					s.structs[goName{pkg, t.Name.Name}] = readStruct(pkg, doc, st)
				}
			}
		}
	}
}

func readStruct(pkg, doc string, t *ast.StructType) structDoc {
	out := structDoc{doc: doc, fields: map[string]fieldDoc{}}
	for _, f := range t.Fields.List {
		text, above := f.Comment.Text(), false
		if text == "" {
			text, above = f.Doc.Text(), true
		}
		text = strings.Join(strings.Fields(text), " ")
		for _, n := range f.Names {
			out.fields[n.Name] = fieldDoc{strings.TrimPrefix(text, n.Name+" "), above}
		}
		if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 {
			out.embedded = append(out.embedded, goName{pkg, id.Name})
		}
	}
	return out
}

// docs returns the comment of a struct and those of the structs within it.
func (s source) docs(of goName) []string {
	docs := []string{s.structs[of].doc}
	for _, e := range s.structs[of].embedded {
		docs = append(docs, s.docs(e)...)
	}
	return docs
}

// field returns the comment of a field of a struct or of one within it.
func (s source) field(of goName, field string) fieldDoc {
	if doc, ok := s.structs[of].fields[field]; ok {
		return doc
	}
	for _, e := range s.structs[of].embedded {
		if doc := s.field(e, field); doc.text != "" {
			return doc
		}
	}
	return fieldDoc{}
}

// format writes documentation comments one below the other.
func format(docs []string) (text, markdown string) {
	var p comment.Parser
	d := p.Parse(strings.Join(docs, "\n"))
	printer := comment.Printer{TextWidth: width, TextCodePrefix: "    "}
	return string(printer.Text(d)), string(printer.Markdown(d))
}
