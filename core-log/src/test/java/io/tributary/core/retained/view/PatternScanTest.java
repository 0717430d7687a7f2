package io.tributary.core.retained.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.SubjectPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PatternScanTest {
    private final TreeSet<PathKey> rows = new TreeSet<>();
    private int looks;

    private void add(String path) {
        rows.add(PathKey.of(path));
    }

    private List<String> find(String pattern) {
        PatternScan scan = new PatternScan(SubjectPattern.parse(pattern, '/', "+", "#"));
        List<String> found = new ArrayList<>();
        looks = 0;
        for (PathKey at = rows.ceiling(scan.first()); at != null;) {
            looks++;
            PatternScan.Look look = scan.look(at);
            if (look.step() == PatternScan.Step.TAKE) {
                found.add(at.path());
            }
            if (look.step() == PatternScan.Step.END) {
                break;
            }
            if (look.step() == PatternScan.Step.SEEK) {
                assertThat(look.next()).as("after %s", at).isGreaterThan(at);
                at = rows.ceiling(Objects.requireNonNull(look.next()));
            } else {
                at = rows.higher(at);
            }
        }
        return found;
    }

    @Test
    void findsWhatEachWildcardTakes() {
        for (String path : new String[] {"a", "a/", "a/b", "a/b/c", "a-b", "a-b/c", "b/b", "/a", "a/b-c", "a//c"}) {
            add(path);
        }
        assertThat(find("a")).containsExactly("a");
        assertThat(find("a/#")).containsExactly("a", "a/", "a//c", "a/b", "a/b/c", "a/b-c");
        assertThat(find("a/+")).containsExactly("a/", "a/b", "a/b-c");
        assertThat(find("+/b")).containsExactly("a/b", "b/b");
        assertThat(find("+/+/c")).containsExactly("a//c", "a/b/c");
        assertThat(find("+/a")).containsExactly("/a");
        assertThat(find("#/c")).containsExactly("a//c", "a/b/c", "a-b/c");
        assertThat(find("a/#/c")).containsExactly("a//c", "a/b/c");
        assertThat(find("#")).hasSize(10);
        assertThat(find("z/+")).isEmpty();
    }

    @Test
    void looksAtWhatIsFoundAndNotAtTheRest() {
        for (int site = 0; site < 100; site++) {
            for (int device = 0; device < 100; device++) {
                add("site" + site + "/device" + device + "/temperature");
                add("site" + site + "/device" + device + "/humidity");
                add("site" + site + "/device" + device + "/state/door");
            }
        }
        assertThat(find("site7/device9/#")).hasSize(3);
        assertThat(looks).isLessThan(10);
        assertThat(find("site7/+/temperature")).hasSize(100);
        assertThat(looks).isLessThan(500);
        // A word of each site is tried, none of its other devices.
        assertThat(find("+/device9/temperature")).hasSize(100);
        assertThat(looks).isLessThan(700);
        assertThat(find("+/nowhere/#")).isEmpty();
        assertThat(looks).isLessThan(300);
        assertThat(find("site7/nowhere/+")).isEmpty();
        assertThat(looks).isLessThan(10);
    }

    @Test
    void theSinglePathOfAPatternWithoutWildcardsIsKnown() {
        assertThat(new PatternScan(SubjectPattern.parse("a/b", '/', "+", "#")).single()).isEqualTo("a/b");
        assertThat(new PatternScan(SubjectPattern.parse("a/+", '/', "+", "#")).single()).isNull();
        assertThat(new PatternScan(SubjectPattern.parse("#", '/', "+", "#")).single()).isNull();
    }
}
