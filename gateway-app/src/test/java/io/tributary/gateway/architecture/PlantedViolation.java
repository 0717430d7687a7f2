package io.tributary.gateway.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources that break a rule, compiled beside the product so that the very rule that guards it can be seen to fail. */
final class PlantedViolation {
    private static final Pattern DECLARATION = Pattern.compile("package ([\\w.]+);.*?\\b(?:class|interface|record) (\\w+)", Pattern.DOTALL);

    private PlantedViolation() {
    }

    /** Compiles each source, a whole file with its package, into {@code directory} and imports the classes. */
    static JavaClasses compile(Path directory, List<String> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path classes = Files.createDirectories(directory.resolve("classes"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> paths = new ArrayList<>();
            for (String source : sources) {
                paths.add(write(directory.resolve("sources"), source));
            }
            List<String> options = List.of("-d", classes.toString(), "-classpath", classes.toString(), "-proc:none");
            if (!compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(paths)).call()) {
                throw new IllegalArgumentException("the planted violation does not compile");
            }
        }
        return new ClassFileImporter().importPath(classes);
    }

    private static Path write(Path root, String source) throws IOException {
        Matcher declaration = DECLARATION.matcher(source);
        if (!declaration.find()) {
            throw new IllegalArgumentException("no package or type in: " + source);
        }
        Path file = root.resolve(declaration.group(1).replace('.', '/')).resolve(declaration.group(2) + ".java");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, source);
    }
}
