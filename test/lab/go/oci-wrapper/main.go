// Command oci-wrapper stands in front of runc where the build machine itself lacks CAP_SYS_RESOURCE.
//
// runc cannot give a container what its own process does not have, so without it nothing --privileged starts there:
// the capability is taken out of what the engine asks for, and an out-of-memory score below zero (which needs that
// capability) is raised to zero. Elsewhere this program must not be installed: it would hide a real difference.
//
// The real runc is named by OCI_WRAPPER_RUNTIME, or is /usr/sbin/runc.real (where dpkg-divert puts it on a machine),
// or /usr/sbin/runc.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const missing = "CAP_SYS_RESOURCE"

func main() {
	args := os.Args[1:]
	for _, file := range filesToChange(args) {
		if err := rewrite(file); err != nil {
			fmt.Fprintf(os.Stderr, "oci-wrapper: %s: %v\n", file, err)
			os.Exit(1)
		}
	}
	runtime := realRuntime()
	err := syscall.Exec(runtime, append([]string{"runc"}, args...), os.Environ())
	fmt.Fprintf(os.Stderr, "oci-wrapper: %s: %v\n", runtime, err)
	os.Exit(1)
}

func realRuntime() string {
	if named := os.Getenv("OCI_WRAPPER_RUNTIME"); named != "" {
		return named
	}
	const diverted = "/usr/sbin/runc.real"
	if _, err := os.Stat(diverted); err == nil {
		return diverted
	}
	return "/usr/sbin/runc"
}

// filesToChange finds the bundle's config.json of create and run, and the process file of exec. runc takes its global
// flags before the command and accepts "--flag value" as well as "--flag=value".
func filesToChange(args []string) []string {
	value := func(names ...string) string {
		for i, arg := range args {
			name, given, joined := strings.Cut(arg, "=")
			if !slices.Contains(names, name) {
				continue
			}
			if joined {
				return given
			}
			if i+1 < len(args) {
				return args[i+1]
			}
		}
		return ""
	}
	var files []string
	if slices.Contains(args, "create") || slices.Contains(args, "run") {
		files = append(files, filepath.Join(value("--bundle", "-b"), "config.json"))
	}
	if slices.Contains(args, "exec") {
		if process := value("--process", "-p"); process != "" {
			files = append(files, process)
		}
	}
	return files
}

// rewrite changes a bundle's configuration ({"process": …}) or a bare process. Numbers are kept as they are written:
// a device number or a limit of 2^64-1 does not survive a float64.
func rewrite(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return err
	}
	process, bundled := document["process"].(map[string]any)
	if !bundled {
		process = document
	}
	if sets, ok := process["capabilities"].(map[string]any); ok {
		for name, list := range sets {
			if names, ok := list.([]any); ok {
				sets[name] = slices.DeleteFunc(names, func(n any) bool { return n == missing })
			}
		}
	}
	if score, ok := process["oomScoreAdj"].(json.Number); ok && strings.HasPrefix(score.String(), "-") {
		process["oomScoreAdj"] = json.Number("0")
	}
	changed, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return os.WriteFile(file, changed, 0o600)
}
