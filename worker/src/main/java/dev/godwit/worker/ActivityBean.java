package dev.godwit.worker;

import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Marks a bean whose activities the worker offers. */
@Documented
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
public @interface ActivityBean {}
