package io.tributary.protocol.http.handler;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.translate.ErrorMapping;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/** Answers every error, the framework's too, with a problem (RFC 9457). */
@Order(-2)
public final class ProblemHandler implements WebExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        if (DisconnectedClientHelper.isClientDisconnectedException(thrown)) {
            LOG.debug("the client has gone: {}", thrown.toString());
            return Mono.empty();
        }
        Throwable failure = unwrap(thrown);
        ProblemJson problem = describe(failure, exchange.getRequest().getPath().value());
        response.setRawStatusCode(problem.status());
        HttpHeaders headers = response.getHeaders();
        if (failure instanceof ErrorResponse known) {
            headers.putAll(known.getHeaders());
        }
        if (problem.status() == HttpStatus.UNAUTHORIZED.value()) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"tributary\", charset=\"UTF-8\"");
        }
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        byte[] body = Json.write(problem);
        headers.setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private static Throwable unwrap(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataBufferLimitException) {
                return cause;
            }
        }
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private static ProblemJson describe(Throwable failure, String path) {
        if (failure instanceof PublishFailure partial) {
            return problem(partial.first(), path, partial.outcomes());
        }
        if (failure instanceof BrokerException refused) {
            return problem(refused, path, null);
        }
        if (failure instanceof Json.MalformedBody malformed) {
            return problem(new BrokerException(ErrorCode.INVALID_ARGUMENT, text(malformed.getMessage(), "malformed body")), path, null);
        }
        if (failure instanceof DataBufferLimitException) {
            return problem(HttpStatus.CONTENT_TOO_LARGE, "the body is over the server's bound (tributary.http.max-body-size)", path);
        }
        if (failure instanceof ServerWebInputException input) {
            return problem(new BrokerException(ErrorCode.INVALID_ARGUMENT, detail(input)), path, null);
        }
        if (failure instanceof ErrorResponse known) {
            HttpStatus status = HttpStatus.resolve(known.getStatusCode().value());
            return problem(status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status,
                text(known.getBody().getDetail(), "the request cannot be served"), path);
        }
        return problem(new BrokerException(ErrorCode.INTERNAL, failure.toString(), failure), path, null);
    }

    /** The framework's reason, and the parameter that it is about. */
    private static String detail(ServerWebInputException input) {
        String reason = text(input.getReason(), "the request cannot be read");
        return input.getMethodParameter() == null ? reason : reason + ": " + input.getMethodParameter().getParameterName();
    }

    private static ProblemJson problem(BrokerException failure, String path, @Nullable List<ProblemJson.Outcome> outcomes) {
        String code = failure.code().name();
        String detail = text(failure.getMessage(), ErrorMapping.title(code));
        if (failure.code() == ErrorCode.INTERNAL) {
            LOG.error("a request to {} failed", path, failure);
            detail = "a fault of the server; its log tells more";
        }
        return new ProblemJson(ErrorMapping.type(code), ErrorMapping.title(code), ErrorMapping.status(failure.code()).value(), detail, path,
            code, outcomes);
    }

    private static ProblemJson problem(HttpStatus status, String detail, String path) {
        String code = status.name();
        return new ProblemJson(ErrorMapping.type(code), ErrorMapping.title(code), status.value(), detail, path, code, null);
    }

    private static String text(@Nullable String text, String absent) {
        return text == null ? absent : text;
    }
}
