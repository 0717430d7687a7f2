package io.tributary.protocol.kafka;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.function.Executable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Kafka itself in the place of the broker under test, to find out whether the expectations are Kafka's and not only ours. The system
 * property {@code kafka.port} names it: a fresh server on 127.0.0.1, in which the tests leave their topics, groups and quotas.
 */
final class KafkaPeer implements ExecutionCondition, InvocationInterceptor {
    /** What the report of a run begins with where a difference is explained; the script that prints them looks for it. */
    static final String DIFFERS = "differs: ";
    private static final String NEEDS = "own broker: ";
    private static final int NONE = 0;

    static boolean isTested() {
        return port() != NONE;
    }

    static int port() {
        return Integer.getInteger("kafka.port", NONE);
    }

    /** Runs an expectation that Kafka does not meet, as {@code kafka} tells. */
    static void differing(String kafka, Executable expectation) throws Throwable {
        if (!isTested()) {
            expectation.execute();
            return;
        }
        try {
            expectation.execute();
        } catch (Exception | AssertionError failure) {
            throw new TestAbortedException(DIFFERS + kafka, failure);
        }
        throw new AssertionError("Kafka does this too, and not: " + kafka);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), OwnBroker.class).filter(need -> isTested())
            .map(need -> ConditionEvaluationResult.disabled(NEEDS + need.value()))
            .orElseGet(() -> ConditionEvaluationResult.enabled("the broker has what is needed"));
    }

    @Override
    public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        intercept(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        intercept(invocation, context);
    }

    private static void intercept(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        String kafka = AnnotationSupport.findAnnotation(context.getElement(), DiffersFromKafka.class).map(DiffersFromKafka::value)
            .orElse(null);
        if (kafka == null) {
            invocation.proceed();
        } else {
            differing(kafka, invocation::proceed);
        }
    }
}
