# elvish completion of kestra-admin. The program itself says what can stand where the cursor is.
use str
set edit:completion:arg-completer[kestra-admin] = {|@words|
    # Where a file is wanted, the program fails, and the shell completes it.
    try {
        var lines = [(kestra-admin complete --word=$words[-1] -- (all $words[1..-1]) 2>/dev/null)]
        for line $lines {
            put [(str:split "\t" $line)][0]
        }
    } catch failure {
        edit:complete-filename $@words
    }
}
