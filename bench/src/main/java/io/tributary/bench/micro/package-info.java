/** JMH benches of single parts; {@code bench/jmh} runs them. Threads as JMH gives them. */
@NullMarked
package io.tributary.bench.micro;

import org.jspecify.annotations.NullMarked;
