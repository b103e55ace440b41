# bash completion of kestra-admin. The program itself says what can stand where the cursor is.
_kestra_admin() {
    local line lines open=${COMP_WORDS[COMP_CWORD]:0:1}
    # Of a word whose quotes are still open bash tells what stands within them.
    [[ $open == [\'\"] ]] || open=
    COMPREPLY=()
    # Where a file is wanted, the program fails, and the shell completes it.
    if ! lines=$("${1/#\~\//$HOME/}" complete --quoted --word="$open$2" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null); then
        compopt -o default 2>/dev/null
        return 0
    fi
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        if [[ -z $line ]]; then
            continue
        fi
        # What stands within quotes that are open needs no others.
        case $open in
            \') line=${line//\'/\'\\\'\'} ;;
            \") line=${line//\\/\\\\} line=${line//\"/\\\"} line=${line//\$/\\\$} line=${line//\`/\\\`} ;;
            *) printf -v line %q "$line" ;;
        esac
        COMPREPLY+=("$line")
    done <<<"$lines"
}
complete -F _kestra_admin kestra-admin
