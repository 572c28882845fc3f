//! Measures of a ranking, named as ir_measures names them, one value per query. Pure.
