# Prints the Makefile's targets: `## Heading` lines, and `target: ... ## what it does`.
BEGIN {
    FS = ":.*## "
    bold = colour ? "\033[1m" : ""
    cyan = colour ? "\033[36m" : ""
    plain = colour ? "\033[0m" : ""
}
/^## / { printf "\n%s%s%s\n", bold, substr($0, 4), plain }
/^[a-z-]+:.*## / { printf "  %s%-10s%s %s\n", cyan, $1, plain, $2 }
