# Completions of docker-lab for fish. For this shell:  docker-lab completions fish | source
# For good:  docker-lab completions fish >~/.config/fish/completions/docker-lab.fish

function __docker_lab_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] __complete lab $words[2..-1] "$last" 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path "$last"
            case ':16'
                __fish_complete_directories "$last"
            case ':*'
            case '*'
                echo $line
        end
    end
end

complete -c docker-lab -f -k -a '(__docker_lab_complete)'
