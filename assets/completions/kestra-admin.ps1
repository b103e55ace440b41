# PowerShell completion of kestra-admin. The program itself says what can stand where the cursor is. Where a file is
# wanted, it says nothing, and the shell completes it.
Register-ArgumentCompleter -Native -CommandName kestra-admin -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    & kestra-admin complete "--word=$wordToComplete" '--' @before 2>$null | ForEach-Object {
        $value, $words = $_ -split "`t", 2
        if (-not $words) { $words = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $words)
    }
}
