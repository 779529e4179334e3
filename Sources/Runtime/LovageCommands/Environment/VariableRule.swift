import LovageWorkflow

/// Which environment variables a definition and a job may set.
enum VariableRule {
    /// What is wrong with setting `name` to `value`, in a sentence; nil if nothing is. `isSubmitted`: a job asks for
    /// it, not a definition.
    static func problem(with name: String, _ value: String, isSubmitted: Bool) -> String? {
        if let problem = EnvironmentRule.problem(with: name, value) { return problem }
        if isSubmitted && isDangerous(name) {
            return "\(name) cannot be set by a job, because it makes programs run other code; set it in the definition"
        }
        return nil
    }

    /// True for variables by which the loader, a shell or a language's run-time takes in code, or by which programs
    /// find other programs, their configuration or their network.
    static func isDangerous(_ name: String) -> Bool {
        prefixes.contains { name.hasPrefix($0) } || names.contains(name)
    }

    private static let prefixes = [
        "LD_", "DYLD_", "BASH_FUNC_", "MALLOC_", "GIT_", "SWIFT_", "NPM_CONFIG_", "npm_config_",
    ]
    private static let names: Set<String> = [
        "PATH", "IFS", "ENV", "BASH_ENV", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "CDPATH",
        "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS", "TMPDIR", "HOME",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB",
        "RUBYLIB", "RUBYOPT", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
        "CLASSPATH", "PHPRC", "PHP_INI_SCAN_DIR", "LUA_INIT", "LUA_PATH", "LUA_CPATH", "EDITOR", "VISUAL", "PAGER",
        "MANPAGER", "LESSOPEN", "LESSCLOSE", "BROWSER", "OPENSSL_CONF", "OPENSSL_MODULES", "TAR_OPTIONS", "RSYNC_RSH",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
    ]
}
