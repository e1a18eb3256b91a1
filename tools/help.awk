# Prints the Makefile's targets and variables: `## Heading` lines, `target: ... ## what it does`, `#: NAME  what it is`.
BEGIN {
    FS = ":.*## "
    bold = colour ? "\033[1m" : ""
    cyan = colour ? "\033[36m" : ""
    plain = colour ? "\033[0m" : ""
}
/^## / { printf "\n%s%s%s\n", bold, substr($0, 4), plain }
/^[a-z-]+:.*## / { printf "  %s%-10s%s %s\n", cyan, $1, plain, $2 }
/^#: / { name = $0; sub(/^#: /, "", name); what = name; sub(/  .*/, "", name); sub(/^[^ ]+( [^ ]+)*  +/, "", what); printf "  %s%-21s%s %s\n", cyan, name, plain, what }
