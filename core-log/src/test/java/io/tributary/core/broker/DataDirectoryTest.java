package io.tributary.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a data directory is said in one line, and nothing of it is touched. */
class DataDirectoryTest {
    @TempDir
    private Path parent;

    /** Holds the lock of a directory until it is killed. */
    static final class Holder {
        private Holder() {
        }

        public static void main(String[] arguments) throws IOException {
            DataDirLock lock = DataDirLock.acquire(Path.of(arguments[0]));
            System.out.println("held");
            // Until it is killed, or the test has ended without that.
            if (System.in.read() < 0) {
                lock.close();
            }
        }
    }

    private void assertOpenFails(Path directory, String message) {
        assertThatThrownBy(() -> EmbeddedBroker.open(BrokerConfig.of(directory))).isInstanceOfSatisfying(BrokerException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FAILURE)).hasMessage(message);
    }

    @Test
    void refusesADirectoryThatAnotherProcessHoldsUntilThatIsGone() throws IOException, InterruptedException {
        Path directory = parent.resolve("a").resolve("data");
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), Holder.class.getName(), directory.toString()).redirectErrorStream(true).start();
        try (BufferedReader output = other.inputReader()) {
            assertThat(output.readLine()).isEqualTo("held");
            assertOpenFails(directory, "the data directory " + directory + " is in use by another process");
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        EmbeddedBroker.open(BrokerConfig.of(directory)).close();
    }

    @Test
    void refusesWhatIsNoDirectory() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertOpenFails(file, "cannot use the data directory " + file + ": " + file + " is no directory");
    }

    @Test
    void refusesADirectoryThatItMayNotWrite() throws IOException {
        Path directory = Files.createDirectory(parent.resolve("locked"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(directory), "the superuser may write everywhere");
        assertOpenFails(directory, "cannot use the data directory " + directory + ": no permission to write " + directory.resolve("lock"));
    }
}
