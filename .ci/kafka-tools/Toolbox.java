import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs the main methods of Kafka's command line tools one after the other: the start of a JVM for each takes longer than what they do.
 * Each line of standard input is a run: the file that the tool reads, the file that takes what it prints, its main class, its arguments,
 * between tabs. The answer is the exit status, on a line.
 */
public final class Toolbox {
    /** What a tool's call of exit throws, so that it ends there. Tools that catch everything print it: it has nothing to say. */
    private static final class Ended extends Error {
        private static final long serialVersionUID = 1L;

        Ended() {
            super("", null, false, false);
        }

        @Override
        public String toString() {
            return "";
        }
    }

    /** Classes of the tools have state in static fields (how many records were read): each run has classes of its own. */
    private static final class ToolClasses extends URLClassLoader {
        ToolClasses(URL[] urls) {
            super(urls, Toolbox.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.apache.kafka.tools.") && !name.startsWith("kafka.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    private static final List<Runnable> SHUTDOWN_HOOKS = new ArrayList<>();

    private static Integer status;

    private Toolbox() {
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        Exit.setExitProcedure(Toolbox::exit);
        Exit.setHaltProcedure(Toolbox::exit);
        Exit.setShutdownHookAdder((name, hook) -> SHUTDOWN_HOOKS.add(hook));
        URL[] classPath = classPath();
        try (BufferedReader runs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = runs.readLine(); line != null; line = runs.readLine()) {
                answers.println(run(line.split("\t", -1), classPath));
            }
        }
        // Threads that a tool has left behind do not keep the JVM.
        System.exit(0);
    }

    private static synchronized void exit(int value, String message) {
        // What is said first counts: a tool may take the end for a failure of its own, and exit again.
        if (status == null) {
            status = value;
            if (message != null) {
                System.err.println(message);
            }
        }
        throw new Ended();
    }

    private static synchronized int statusOr(int otherwise) {
        return status == null ? otherwise : status;
    }

    private static synchronized void forgetStatus() {
        status = null;
    }

    private static int run(String[] words, URL[] classPath) throws IOException {
        forgetStatus();
        try (InputStream input = new FileInputStream(words[0]);
             PrintStream output = new PrintStream(words[1], StandardCharsets.UTF_8);
             ToolClasses classes = new ToolClasses(classPath)) {
            System.setIn(input);
            System.setOut(output);
            System.setErr(output);
            Thread.currentThread().setContextClassLoader(classes);
            try {
                Class.forName(words[2], true, classes).getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(words, 3, words.length));
                return statusOr(0);
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof Ended)) {
                    e.getCause().printStackTrace();
                }
                return statusOr(1);
            } catch (ReflectiveOperationException e) {
                e.printStackTrace();
                return 1;
            } finally {
                // The console producer sends its last records in one.
                SHUTDOWN_HOOKS.forEach(Runnable::run);
                SHUTDOWN_HOOKS.clear();
            }
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(new File(path).toURI().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
