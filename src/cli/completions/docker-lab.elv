# Completions of docker-lab for Elvish. For this shell:  eval (docker-lab completions elvish | slurp)
# For good: put that line into ~/.config/elvish/rc.elv.

use str

set edit:completion:arg-completer[docker-lab] = {|@words|
    e:docker-lab __complete lab (all $words[1..]) 2>/dev/null | each {|line|
        if (or (eq $line ':0') (eq $line ':16')) {
            edit:complete-filename $words[-1]
        } elif (not (str:has-prefix $line ':')) {
            var value @meaning = (str:split "\t" $line)
            edit:complex-candidate $value &display=$value' '(str:join ' ' $meaning)
        }
    }
}
