// Package dep has functions without bodies.
