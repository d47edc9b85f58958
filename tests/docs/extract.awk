# SPDX-License-Identifier: Apache-2.0
# Takes the C++ blocks out of a Markdown page.   awk -v out=FOLDER -v page=NAME -f extract.awk PAGE.md
#
#   ```cpp            a whole translation unit; with `int main` it is run as well
#   ```cpp fragment   shown only, not compiled (a declaration quoted in prose)
#   ```text output    directly after a program: what it must print
#
# Writes FOLDER/<page>_<line>.cpp and .output, and prints one line per block: <page>_<line> run|compile
function close_block() {
  if (file == "") return
  close(file)
  if (kind == "cpp") { last = name; print name, (has_main ? "run" : "compile") }
  file = ""
}
/^```/ {
  if (inside) { inside = 0; close_block(); next }
  inside = 1
  kind = ""
  if ($0 == "```cpp") {
    kind = "cpp"; has_main = 0
    name = page "_" (NR + 1)
    file = out "/" name ".cpp"
    printf "#line %d \"%s\"\n", NR + 1, FILENAME > file
  } else if ($0 == "```text output" && last != "") {
    kind = "output"
    file = out "/" last ".output"
    printf "" > file
  } else {
    last = ""
  }
  next
}
inside && file != "" {
  print > file
  if (kind == "cpp" && $0 ~ /int main\(/) has_main = 1
}
END { if (inside) { print FILENAME ": a block is not closed" > "/dev/stderr"; exit 1 } }
