//! The methods of a struct, found from its derive.
//!
//! There is no registry: a `#[desc_jit] impl` block adds an associated function to the type, a table of its methods, and
//! `#[derive(Tree)]` asks for all tables that a type can have. An inherent associated function comes before one of a
//! trait, so a table that no block made is the empty one of [`NoMethods`].
//!
//! Operators have tables of their own, one for each kind of operands.
//!
//! Functions without a receiver are in the tables as well, as `::name`: in a default function of a trait `Self::name(x)` is found
//! from the type that has the trait.

use super::Tree;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Function;
use crate::stage::{At, Cx, Method, Out, Ty, Value, not_one};

/// Literals of structs, where the struct has no function of this name itself: a generic one has.
#[doc(hidden)]
pub trait Literals: Sized {
    fn __literal(cx: &Cx, fields: Vec<(&'static str, Value)>, base: Option<Value>, at: At) -> Out<Value>
    where
        Self: Tree,
    {
        cx.structure(Self::__TY, fields, base, at)
    }
}
impl<T> Literals for T {}

/// What stands beside a trait without `#[desc_jit]`; generated code imports it by a glob, which the function beside another
/// trait comes before.
#[doc(hidden)]
pub mod without_defaults {
    use crate::stage::Method;

    /// Nothing is known of the functions that it has by default.
    pub fn __desc_jit_defaults<T>(_: &str) -> Option<Method> {
        None
    }
}

/// The annotated function of that name: `name` with a receiver, `::name` without.
fn one<T: Tree>(name: &str) -> Result<Method> {
    let (found, of) = match T::__TY {
        Ty::Struct(info) => ((info.methods)(name), info.name.to_string()),
        other => (Vec::new(), other.to_string()),
    };
    match found[..] {
        [method] => Ok(method),
        ref found => Err(not_one(name, &of, found.len())),
    }
}

/// The same, of a function that a trait has by default: what the type has.
///
/// # Errors
/// There is none, or there are several.
pub fn associated<T: Tree>(name: &str) -> Result<&'static Function> {
    let generic = || Error::new(ErrorKind::Verify, format!("`{name}` is generic here, and not in its trait"));
    one::<T>(name)?.function.ok_or_else(generic)
}

impl Cx {
    /// `Self::name(args)` in a function that a trait has by default: what the type has.
    ///
    /// # Errors
    /// No such function, and what the function itself refuses.
    pub fn call_associated<T: Tree>(&self, name: &str, args: &mut [Value], at: At) -> Out<Value> {
        let method = one::<T>(name).map_err(|e| self.locate_error(e, at))?;
        (method.stage)(self, args, at)
    }
}

macro_rules! tables {
    ($dollar:tt $($name:ident)*) => {
        /// The tables that there are not.
        #[doc(hidden)]
        pub trait NoMethods {
            $(fn $name(_: &str) -> Option<Method> {
                None
            })*
        }
        impl<T> NoMethods for T {}

        #[doc(hidden)]
        #[macro_export]
        macro_rules! __methods_of {
            ($dollar ty:ty, $dollar name:expr) => {{
                use $crate::__private::NoMethods as _;
                let tables: &[fn(&str) -> Option<$crate::__private::Method>] =
                    &[$(<$dollar ty>::$name),*];
                tables.iter().filter_map(|table| table($dollar name)).collect()
            }};
        }
    };
}

tables! { $
    __desc_jit_methods_0 __desc_jit_methods_1 __desc_jit_methods_2 __desc_jit_methods_3
    __desc_jit_methods_4 __desc_jit_methods_5 __desc_jit_methods_6 __desc_jit_methods_7
    __desc_jit_methods_8 __desc_jit_methods_9 __desc_jit_methods_10 __desc_jit_methods_11
    __desc_jit_methods_12 __desc_jit_methods_13 __desc_jit_methods_14 __desc_jit_methods_15
    __desc_jit_methods_16 __desc_jit_methods_17 __desc_jit_methods_18 __desc_jit_methods_19
    __desc_jit_methods_20 __desc_jit_methods_21 __desc_jit_methods_22 __desc_jit_methods_23
    __desc_jit_methods_24 __desc_jit_methods_25 __desc_jit_methods_26 __desc_jit_methods_27
    __desc_jit_methods_28 __desc_jit_methods_29 __desc_jit_methods_30 __desc_jit_methods_31
    __desc_jit_methods_32 __desc_jit_methods_33 __desc_jit_methods_34 __desc_jit_methods_35
    __desc_jit_methods_36 __desc_jit_methods_37 __desc_jit_methods_38 __desc_jit_methods_39
    __desc_jit_methods_40 __desc_jit_methods_41 __desc_jit_methods_42 __desc_jit_methods_43
    __desc_jit_methods_44 __desc_jit_methods_45 __desc_jit_methods_46 __desc_jit_methods_47
    __desc_jit_methods_48 __desc_jit_methods_49 __desc_jit_methods_50 __desc_jit_methods_51
    __desc_jit_methods_52 __desc_jit_methods_53 __desc_jit_methods_54 __desc_jit_methods_55
    __desc_jit_methods_56 __desc_jit_methods_57 __desc_jit_methods_58 __desc_jit_methods_59
    __desc_jit_methods_60 __desc_jit_methods_61 __desc_jit_methods_62 __desc_jit_methods_63

    __desc_jit_add_own __desc_jit_add_own_ref __desc_jit_add_own_by_ref __desc_jit_add_own_refs
    __desc_jit_add_other __desc_jit_add_other_ref __desc_jit_add_other_by_ref __desc_jit_add_other_refs
    __desc_jit_add_number __desc_jit_add_number_ref __desc_jit_add_integer __desc_jit_add_of_number
    __desc_jit_add_of_number_by_ref __desc_jit_sub_own __desc_jit_sub_own_ref __desc_jit_sub_own_by_ref
    __desc_jit_sub_own_refs __desc_jit_sub_other __desc_jit_sub_other_ref __desc_jit_sub_other_by_ref
    __desc_jit_sub_other_refs __desc_jit_sub_number __desc_jit_sub_number_ref __desc_jit_sub_integer
    __desc_jit_sub_of_number __desc_jit_sub_of_number_by_ref __desc_jit_mul_own __desc_jit_mul_own_ref
    __desc_jit_mul_own_by_ref __desc_jit_mul_own_refs __desc_jit_mul_other __desc_jit_mul_other_ref
    __desc_jit_mul_other_by_ref __desc_jit_mul_other_refs __desc_jit_mul_number __desc_jit_mul_number_ref
    __desc_jit_mul_integer __desc_jit_mul_of_number __desc_jit_mul_of_number_by_ref __desc_jit_div_own
    __desc_jit_div_own_ref __desc_jit_div_own_by_ref __desc_jit_div_own_refs __desc_jit_div_other
    __desc_jit_div_other_ref __desc_jit_div_other_by_ref __desc_jit_div_other_refs __desc_jit_div_number
    __desc_jit_div_number_ref __desc_jit_div_integer __desc_jit_div_of_number
    __desc_jit_div_of_number_by_ref __desc_jit_rem_own __desc_jit_rem_other __desc_jit_rem_number
    __desc_jit_rem_integer __desc_jit_rem_of_number __desc_jit_rem_of_number_by_ref __desc_jit_bitand_own
    __desc_jit_bitand_other __desc_jit_bitand_number __desc_jit_bitand_integer __desc_jit_bitand_of_number
    __desc_jit_bitand_of_number_by_ref __desc_jit_bitor_own __desc_jit_bitor_other __desc_jit_bitor_number
    __desc_jit_bitor_integer __desc_jit_bitor_of_number __desc_jit_bitor_of_number_by_ref
    __desc_jit_bitxor_own __desc_jit_bitxor_other __desc_jit_bitxor_number __desc_jit_bitxor_integer
    __desc_jit_bitxor_of_number __desc_jit_bitxor_of_number_by_ref __desc_jit_shl_own __desc_jit_shl_other
    __desc_jit_shl_number __desc_jit_shl_integer __desc_jit_shl_of_number __desc_jit_shl_of_number_by_ref
    __desc_jit_shr_own __desc_jit_shr_other __desc_jit_shr_number __desc_jit_shr_integer
    __desc_jit_shr_of_number __desc_jit_shr_of_number_by_ref __desc_jit_add_assign_own
    __desc_jit_add_assign_own_by_ref __desc_jit_add_assign_other __desc_jit_add_assign_other_by_ref
    __desc_jit_add_assign_number __desc_jit_add_assign_integer __desc_jit_sub_assign_own
    __desc_jit_sub_assign_own_by_ref __desc_jit_sub_assign_other __desc_jit_sub_assign_other_by_ref
    __desc_jit_sub_assign_number __desc_jit_sub_assign_integer __desc_jit_mul_assign_own
    __desc_jit_mul_assign_own_by_ref __desc_jit_mul_assign_other __desc_jit_mul_assign_other_by_ref
    __desc_jit_mul_assign_number __desc_jit_mul_assign_integer __desc_jit_div_assign_own
    __desc_jit_div_assign_own_by_ref __desc_jit_div_assign_other __desc_jit_div_assign_other_by_ref
    __desc_jit_div_assign_number __desc_jit_div_assign_integer __desc_jit_rem_assign_own
    __desc_jit_rem_assign_other __desc_jit_rem_assign_number __desc_jit_rem_assign_integer
    __desc_jit_bitand_assign_own __desc_jit_bitand_assign_other __desc_jit_bitand_assign_number
    __desc_jit_bitand_assign_integer __desc_jit_bitor_assign_own __desc_jit_bitor_assign_other
    __desc_jit_bitor_assign_number __desc_jit_bitor_assign_integer __desc_jit_bitxor_assign_own
    __desc_jit_bitxor_assign_other __desc_jit_bitxor_assign_number __desc_jit_bitxor_assign_integer
    __desc_jit_shl_assign_own __desc_jit_shl_assign_other __desc_jit_shl_assign_number
    __desc_jit_shl_assign_integer __desc_jit_shr_assign_own __desc_jit_shr_assign_other
    __desc_jit_shr_assign_number __desc_jit_shr_assign_integer __desc_jit_neg_own __desc_jit_neg_own_ref
    __desc_jit_not_own __desc_jit_not_own_ref __desc_jit_eq_own __desc_jit_eq_number __desc_jit_eq_integer
    __desc_jit_eq_other
}
