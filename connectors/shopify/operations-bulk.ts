import type { Operation } from './operations.ts';

const read = (name: string, operation: string, expectedPoints: number, document: string): Operation => {
  return { name, operation, expectedPoints, document, effect: false };
};

/** Work that Shopify does in the background: reading everything, writing very much. */
export const bulkOperations = {
  bulkRead: {
    name: 'TradelaneBulkRead',
    operation: 'bulk.start-read',
    // Begun twice it is only read twice.
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneBulkRead($query: String!) {
      bulkOperationRunQuery(query: $query, groupObjects: true) {
        bulkOperation { id status }
        userErrors { field message code }
      }
    }`,
  },
  bulkWrite: {
    name: 'TradelaneBulkWrite',
    operation: 'bulk.start-write',
    effect: false,
    expectedPoints: 10,
    document: `mutation TradelaneBulkWrite($mutation: String!, $path: String!, $client: String) {
      bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path, clientIdentifier: $client) {
        bulkOperation { id status }
        userErrors { field message code }
      }
    }`,
  },
  bulkState: read(
    'TradelaneBulkState',
    'bulk.state',
    1,
    `query TradelaneBulkState($id: ID!) {
      bulkOperation(id: $id) { id status errorCode objectCount fileSize url partialDataUrl completedAt }
    }`,
  ),
  stageUpload: {
    name: 'TradelaneStageUpload',
    operation: 'bulk.stage-upload',
    effect: false,
    expectedPoints: 11,
    document: `mutation TradelaneStageUpload($input: [StagedUploadInput!]!) {
      stagedUploadsCreate(input: $input) {
        stagedTargets { url resourceUrl parameters { name value } }
        userErrors { field message }
      }
    }`,
  },
} as const satisfies Readonly<Record<string, Operation>>;

/**
 * The catalogue as a bulk query: connections by `edges`, ids everywhere, so that lines find their parents. These are the
 * five connections that are allowed; stock per location costs nothing here.
 */
export const CATALOGUE_QUERY = `{
  products {
    edges {
      node {
        id title descriptionHtml vendor productType status tags updatedAt
        category { id name }
        options { name optionValues { name } }
        collections { edges { node { id title } } }
        media { edges { node { id alt status mediaContentType preview { image { url } } } } }
        variants {
          edges {
            node {
              id sku barcode price compareAtPrice inventoryPolicy inventoryQuantity taxable requiresComponents updatedAt
              selectedOptions { name value }
              inventoryItem {
                id tracked requiresShipping countryCodeOfOrigin harmonizedSystemCode
                measurement { weight { unit value } }
                inventoryLevels {
                  edges { node { id location { id } quantities(names: ["available"]) { name quantity } } }
                }
              }
            }
          }
        }
      }
    }
  }
}`;

/** One line of the uploaded file holds `productId` and `variants` of one product. */
export const PRICES_MUTATION = `mutation ($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: true) {
    productVariants { id price compareAtPrice }
    userErrors { field message code }
  }
}`;
