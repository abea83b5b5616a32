//! How a function of this library is used inside annotated functions: beside `fn name` stands a companion
//! `struct name {}` whose `stage` builds its graph, exactly as for annotated functions.

/// Declares the companion of a library function.
macro_rules! staged {
    ($name:ident($cx:ident, [$($arg:pat),*], $at:ident) $body:block) => {
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        pub struct $name {}
        impl $name {
            #[doc(hidden)]
            pub fn stage(
                $cx: &$crate::stage::Cx,
                args: &mut [$crate::stage::Value],
                $at: $crate::stage::At,
            ) -> $crate::stage::Out<$crate::stage::Value> {
                match &*args {
                    [$($arg),*] => $body,
                    _ => Err($cx.error(
                        $crate::error::ErrorKind::Argument,
                        concat!("`", stringify!($name), "` takes another number of arguments"),
                        $at,
                    )),
                }
            }
        }
    };
}

/// Declares the companion of a library function that takes closures.
macro_rules! staged_with {
    ($name:ident => $method:ident) => {
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        pub struct $name {}
        impl $name {
            #[doc(hidden)]
            pub fn stage_with(
                cx: &$crate::stage::Cx,
                args: Vec<$crate::stage::Operand<'_>>,
                at: $crate::stage::At,
            ) -> $crate::stage::Out<$crate::stage::Value> {
                cx.$method(args, at)
            }
        }
    };
}

pub(crate) use {staged, staged_with};
