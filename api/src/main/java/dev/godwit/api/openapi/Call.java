package dev.godwit.api.openapi;

import dev.godwit.api.problem.ProblemType;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a call does and how it can be answered, for the document of the API. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Call {
    /** What it does, in one line. */
    String value();

    /** What else a caller should know. */
    String more() default "";

    /** The status of the answer. */
    int status() default 200;

    /** What the answer is. */
    String answer();

    /** What the body of the answer can be; nothing for text. */
    Class<?>[] body() default {};

    /** Another status with which the same kind of body can be answered; 0 for none. */
    int otherStatus() default 0;

    /** Whether the engine has to answer for it, which it may fail to do. */
    boolean asksEngine() default true;

    /** Headers of the answer that matter. */
    String[] headers() default {};

    /** The problems that can be answered beside those that every call shares. */
    ProblemType[] problems() default {};
}
