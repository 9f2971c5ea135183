// Command spine holds one linkname question per function below; each prints a
// line, and together the lines prove at run time what the //gonym lines claim.
package main

// one is not a constant, so that nothing below can be folded away.
var one = 1

func main() {
	pulls()
	values()
	pushes()
	variables()
	notDirectives()
	samePackage()

	getters()
	inserted(one, nil)
	assembly()
	callbacks()
	sorts()
	closures()
	promoted()
	generated()
}
