package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// vCenter refuses requests whose elements are unknown, missing, doubled or in another order than the WSDL's; the
// simulator takes anything. govmomi's types are generated from the WSDL, so the order of their fields is the truth.

var (
	typeOf    = types.TypeFunc()
	reference = reflect.TypeOf(types.ManagedObjectReference{})
	moment    = reflect.TypeOf(time.Time{})
)

const instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"

// checkRequest reads the envelope's body and says what is wrong with it.
func checkRequest(envelope string) error {
	decoder := xml.NewDecoder(strings.NewReader(envelope))
	inBody := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if inBody {
			kind, known := typeOf(start.Name.Local)
			if !known {
				return fmt.Errorf("there is no method %s", start.Name.Local)
			}
			if start.Name.Space != "urn:vim25" {
				return fmt.Errorf("%s is not in the namespace urn:vim25", start.Name.Local)
			}
			return checkElement(decoder, start, kind, start.Name.Local)
		}
		inBody = start.Name.Local == "Body"
	}
}

type wsdlField struct {
	kind     reflect.Type
	index    int
	required bool
	many     bool
}

func checkElement(decoder *xml.Decoder, start xml.StartElement, kind reflect.Type, path string) error {
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	named := instanceType(start)
	if named != "" {
		if strings.HasPrefix(named, "xsd:") {
			return decoder.Skip()
		}
		found, known := typeOf(named)
		if !known {
			return fmt.Errorf("%s has the unknown type %s", path, named)
		}
		kind = found
	} else if kind.Kind() == reflect.Interface {
		base, known := typeOf(strings.TrimPrefix(kind.Name(), "Base"))
		if !known {
			return fmt.Errorf("%s needs an xsi:type", path)
		}
		kind = base
	}
	if kind == reference && !hasAttribute(start, "type") {
		return fmt.Errorf("%s is a reference and needs a type attribute", path)
	}
	if kind.Kind() != reflect.Struct || kind == reference || kind == moment {
		return decoder.Skip()
	}
	return checkFields(decoder, fieldsOf(kind), path)
}

func checkFields(decoder *xml.Decoder, fields map[string]wsdlField, path string) error {
	last, seen := -1, map[string]bool{}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return fmt.Errorf("%s does not end", path)
		}
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			name := element.Name.Local
			field, known := fields[name]
			if !known {
				return fmt.Errorf("%s has no element %s", path, name)
			}
			if field.index < last {
				return fmt.Errorf("%s: %s comes too late (order of the WSDL)", path, name)
			}
			if seen[name] && !field.many {
				return fmt.Errorf("%s: %s is there twice", path, name)
			}
			last, seen[name] = field.index, true
			if err := checkElement(decoder, element, field.kind, path+"."+name); err != nil {
				return err
			}
		case xml.EndElement:
			for name, field := range fields {
				if field.required && !seen[name] {
					return fmt.Errorf("%s: %s is missing", path, name)
				}
			}
			return nil
		}
	}
}

func fieldsOf(kind reflect.Type) map[string]wsdlField {
	fields := map[string]wsdlField{}
	collectFields(kind, fields)
	return fields
}

// collectFields puts what a base type has before what its extension adds, as XML Schema does.
func collectFields(kind reflect.Type, into map[string]wsdlField) {
	for i := range kind.NumField() {
		field := kind.Field(i)
		if field.Anonymous {
			collectFields(field.Type, into)
			continue
		}
		tag := strings.Split(field.Tag.Get("xml"), ",")
		if tag[0] == "" || strings.Contains(field.Tag.Get("xml"), ",attr") {
			continue
		}
		many := field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() != reflect.Uint8
		element := field.Type
		if many {
			element = element.Elem()
		}
		optional := strings.Contains(field.Tag.Get("xml"), "omitempty") || field.Type.Kind() == reflect.Pointer
		into[tag[0]] = wsdlField{kind: element, index: len(into), required: !optional, many: many}
	}
}

func instanceType(start xml.StartElement) string {
	for _, attribute := range start.Attr {
		if attribute.Name.Space == instanceNamespace && attribute.Name.Local == "type" {
			if _, local, found := strings.Cut(attribute.Value, ":"); found && !strings.HasPrefix(attribute.Value, "xsd:") {
				return local
			}
			return attribute.Value
		}
	}
	return ""
}

func hasAttribute(start xml.StartElement, name string) bool {
	for _, attribute := range start.Attr {
		if attribute.Name.Space == "" && attribute.Name.Local == name {
			return true
		}
	}
	return false
}
