# Completions of docker-lab for PowerShell. For this shell:  docker-lab completions powershell | Out-String | Invoke-Expression
# For good: put that line into $PROFILE.

Register-ArgumentCompleter -Native -CommandName 'docker-lab' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    # Before 7.3 an empty word is lost on its way to a program.
    $empty = if ($PSVersionTable.PSVersion -ge [version]'7.3') { '' } else { '""' }
    $last = if ($wordToComplete) { $wordToComplete } else { $empty }
    & 'docker-lab' __complete lab @words $last 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
        $value, $meaning = $_ -split "`t", 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
