//go:build tools

// Package engine names the one program that this module exists to build.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
