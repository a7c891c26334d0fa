package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version prints what the binary was built from.
func version(_ context.Context, p *program, _ []string) error {
	_, err := fmt.Fprintf(p.out, "parley %s (%s, %s/%s)\n", build(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// build is the module's version, or the commit it was built from.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "development"
}
