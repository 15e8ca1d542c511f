package dev.anabranch.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.local.LocalCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FaultsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void theAnabranchCommandFindsIt() {
        assertThat(ServiceLoader.load(LocalCommand.class)).hasAtLeastOneElementOfType(FaultsCommand.class);
    }

    @Test
    void itListsMoreThanFifteenKindsOfFault() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString().lines())
                .hasSizeGreaterThan(15)
                .contains("kill-speed", "kill-batch-publishing", "half-open-link-speed", "bit-flip-log", "retention");
    }

    @Test
    void whatCannotBeMeantIsRefusedByNameRuleAndValue() {
        assertThat(run("--kinds", "flood")).isNotZero();
        assertThat(err.toString()).contains("--kinds must be among [", "got flood");
        assertThat(run("--minutes", "0")).isNotZero();
        assertThat(err.toString()).contains("--minutes must be above 0, got 0.0");
    }

    private int run(String... arguments) {
        CommandLine line = new CommandLine(new FaultsCommand());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            err.append(failure.getMessage());
            return 1;
        });
        String[] all = new String[arguments.length + 2];
        all[0] = "--dir";
        all[1] = directory.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return line.execute(all);
    }
}
