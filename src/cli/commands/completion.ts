import { CpwError } from '../../errors.js';
import { suggest } from '../../options/suggest.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import type { FlagSchemas } from '../flags.js';
import { shells, type Shell } from '../shells.js';

// Not yargs' own scripts: its bash one needs bash 4 (macOS has 3.2), its fish one offers no file
// names, and none of them completes the values of flags whose commands are loaded when needed.
const scripts: Readonly<Record<Shell, string>> = {
  bash: `# In ~/.bashrc: eval "$(cpw-native completion bash)"
_cpw_native() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <("$1" --get-completions bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _cpw_native cpw-native
`,
  zsh: `#compdef cpw-native
# In ~/.zshrc, after compinit: eval "$(cpw-native completion zsh)"
_cpw_native() {
  local -a found
  found=("\${(@f)$("\${words[1]}" --get-completions zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    _describe 'cpw-native' found
  else
    _files
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _cpw_native "$@"
else
  compdef _cpw_native cpw-native
fi
`,
  fish: `# cpw-native completion fish > ~/.config/fish/completions/cpw-native.fish
function __cpw_native
  set -l words (commandline -opc) (commandline -ct)
  set -l found ($words[1] --get-completions fish $words[2..-1] 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c cpw-native -f -a '(__cpw_native)'
`,
};

/** `cpw-native completion <shell>` */
export const completionCommand: Command<FlagSchemas> = {
  name: 'completion',
  words: '<shell>',
  summary:
    'Prints a script that lets bash, zsh or fish complete commands, options, their values and ' +
    'the names of models.',
  examples: [
    ['completion bash', 'in ~/.bashrc: eval "$(cpw-native completion bash)"'],
    ['completion zsh', 'in ~/.zshrc: eval "$(cpw-native completion zsh)"'],
    ['completion fish', 'into ~/.config/fish/completions/cpw-native.fish'],
  ],
  schemas: {},
  count: [1, 1],
  complete: 'shells',
  run: async ([name = ''], _values, { reporter }) => {
    const shell = shells.find((one) => one === name);
    if (shell === undefined) throw unknownShell(name);
    reporter.result(scripts[shell]);
    return exitStatus.ok;
  },
};

function unknownShell(name: string): CpwError {
  const near = suggest(name, shells);
  const next = near === undefined ? `there are ${shells.join(', ')}` : `did you mean ${near}?`;
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `completion: ${JSON.stringify(name)} is no shell known here; ${next}`,
  );
}
