package main

// Which symbols does the standard library of one release define on each platform, and who may pull
// them? Knows what the compiler makes of declarations and directives (cmd/compile/internal/noder,
// ssagen/abi.go, cmd/internal/obj/objfile.go), not how the table is written.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The letters of the table, weakest first: where builds with and without cgo differ, the later letter
// counts. Builds for race, msan and asan only add what those do not have.
const letters = "-pagfvsxmw"

const (
	absent       = '-'
	asmOnly      = 'p' // assembly that no Go file of the package declares
	asmDeclared  = 'a' // assembly behind a Go declaration
	asmVariable  = 'g' // GLOBL
	function     = 'f'
	variable     = 'v'
	functionStd  = 's' // marked by linknamestd
	variableStd  = 'x'
	functionMark = 'm' // marked by linkname
	variableMark = 'w'
)

func strongest(a, b byte) byte {
	if strings.IndexByte(letters, a) > strings.IndexByte(letters, b) {
		return a
	}
	return b
}

// platforms of the newest release that is harvested; older sources are asked about all of them.
func platforms(goroot string) ([]string, error) {
	out, err := exec.Command(filepath.Join(goroot, "bin/go"), "tool", "dist", "list").Output()
	return strings.Fields(string(out)), err
}

func toolTags(goroot, platform string) (map[string]bool, error) {
	goos, goarch, _ := strings.Cut(platform, "/")
	command := exec.Command(filepath.Join(goroot, "bin/go"), "list", "-f", "{{context.ToolTags}}", "runtime")
	command.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "GOTOOLCHAIN=local", "GOFLAGS=", "GOEXPERIMENT=", "GOROOT=")
	command.Dir = os.TempDir()
	out, err := command.Output()
	if err != nil {
		// A platform that this release does not know yet; its files are read all the same.
		return map[string]bool{}, nil
	}
	return set(strings.Trim(string(out), "[]\n")), nil
}

// symbolsOf gives the letters of one release, symbol to one letter for each platform, and the
// architectures whose assembly is called through wrappers.
func symbolsOf(goroot string, packages map[string][]*source, minor int, platforms []string) (map[string][]byte, map[string]bool, error) {
	if len(packages) < 150 {
		return nil, nil, fmt.Errorf("%s: only %d packages", goroot, len(packages))
	}
	out, rest := map[string][]byte{}, map[string][]byte{}
	wrappers := map[string]bool{}
	for at, platform := range platforms {
		tags, err := toolTags(goroot, platform)
		if err != nil {
			return nil, nil, err
		}
		goos, goarch, _ := strings.Cut(platform, "/")
		if tags["goexperiment.regabiwrappers"] {
			wrappers[goarch] = true
		}
		for _, build := range builds(goos, goarch, minor, tags) {
			into := out
			if build.sanitizer {
				into = rest
			}
			for pkg, files := range packages {
				define(escaped(pkg), goarch, selected(build, files), func(name string, letter byte) {
					if into[name] == nil {
						into[name] = []byte(strings.Repeat("-", len(platforms)))
					}
					into[name][at] = strongest(into[name][at], letter)
				})
			}
		}
	}
	for name, letters := range rest {
		if out[name] == nil {
			out[name] = letters
		}
		for at := range letters {
			if out[name][at] == absent {
				out[name][at] = letters[at]
			}
		}
	}
	return out, wrappers, nil
}

// builds of one platform: those that anybody makes, and those whose files they leave out.
func builds(goos, goarch string, minor int, tags map[string]bool) []build {
	out := []build{{goos: goos, goarch: goarch, minor: minor, tags: tags}, {goos: goos, goarch: goarch, minor: minor, tags: tags, cgo: true}}
	for _, extra := range []string{"race", "msan", "asan"} {
		with := map[string]bool{extra: true}
		for tag := range tags {
			with[tag] = true
		}
		out = append(out, build{goos, goarch, minor, true, with, true})
	}
	return out
}

// escaped spells a path as in symbols: dots of the last element as %2e (cmd/internal/objabi, PathToPrefix).
func escaped(path string) string {
	slash := strings.LastIndexByte(path, '/') + 1
	return path[:slash] + strings.ReplaceAll(path[slash:], ".", "%2e")
}

func selected(build build, files []*source) []*source {
	var out []*source
	for _, file := range files {
		if build.compiles(file) {
			out = append(out, file)
		}
	}
	return out
}

// define names what the object file of one package defines.
func define(pkg, goarch string, files []*source, symbol func(name string, letter byte)) {
	bodies := map[string]bool{}
	methods := map[string]bool{}
	variables := map[string]bool{} // whether it has an initialiser
	assembly := map[string]bool{}
	renamed := map[string]bool{}
	marks := map[string]bool{} // symbol to whether only std may pull it
	for _, file := range files {
		for name, body := range file.functions {
			bodies[name] = bodies[name] || body
		}
		for _, name := range file.wasmImports {
			bodies[name] = bodies[name] || goarch == "wasm"
		}
		for _, name := range file.methods {
			methods[pkg+"."+name] = true
			if receiver, method, _ := strings.Cut(name, "."); receiver[0] != '(' {
				// The compiler makes the other one where it is needed, with the mark.
				methods[pkg+".(*"+receiver+")."+method] = true
			}
		}
		for name, initialised := range file.variables {
			variables[name] = initialised
		}
		for name, isFunction := range file.assembly {
			assembly[name] = assembly[name] || isFunction
		}
	}
	own := func(local string) string { return pkg + "." + local }
	for _, file := range files {
		for _, directive := range file.directives {
			remote := directive.remote
			if remote == "" {
				remote = own(directive.local)
			}
			marks[remote] = directive.std
			if remote == own(directive.local) {
				continue
			}
			// A declaration with a body is compiled under the other name only.
			renamed[directive.local] = true
			if variables[directive.local] {
				// Data replaces a definition without: runtime/cgo fills syscall.cgo_libc_setegid.
				symbol(remote, marked(variable, directive.std))
			}
			body, isFunction := bodies[directive.local]
			_, inAssembly := assembly[remote]
			switch {
			case isFunction && body:
				symbol(remote, marked(function, directive.std))
			case isFunction && inAssembly:
				symbol(remote, marked(function, directive.std))
			case isFunction && methods[remote]:
				symbol(remote, marked(function, directive.std))
			}
		}
	}
	letter := func(name string, unmarked byte) byte {
		if std, ok := marks[name]; ok {
			return marked(unmarked, std)
		}
		return unmarked
	}
	for local, body := range bodies {
		if body && !renamed[local] {
			symbol(own(local), letter(own(local), function))
		}
	}
	for local := range variables {
		if _, inAssembly := assembly[own(local)]; !renamed[local] && !inAssembly {
			symbol(own(local), letter(own(local), variable))
		}
	}
	for name := range methods {
		symbol(name, letter(name, function))
	}
	for name, isFunction := range assembly {
		local, declared := strings.CutPrefix(name, pkg+".")
		if declared {
			_, declared = bodies[local]
		}
		switch {
		case !isFunction:
			// Its data replaces Go's variable, and the mark goes with that.
			symbol(name, asmVariable)
		case declared:
			symbol(name, letter(name, asmDeclared))
		default:
			symbol(name, letter(name, asmOnly))
		}
	}
}

func marked(letter byte, std bool) byte {
	switch {
	case letter == variable && std:
		return variableStd
	case letter == variable:
		return variableMark
	case std:
		return functionStd
	}
	return functionMark
}
